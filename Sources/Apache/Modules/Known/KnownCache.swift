import Language

/// Caches and shared stores: known by name, place and arguments, not run.
enum KnownCache {
    /// The modules.
    static let modules: [Module<ApacheLowering>] = [
        Module("mod_cache", cache),
        Module("mod_cache_disk", cacheDisk),
        Module("mod_cache_socache", cacheSocache),
        Module("mod_file_cache", fileCache),
        Module("mod_socache_memcache", socacheMemcache),
        Module("mod_socache_redis", socacheRedis),
    ]

    private static let cache: [Entry<ApacheLowering>] = [
        .known("CacheEnable", in: .files, .oneOrTwo, summary: "Keeps answers for URLs."),
        .known("CacheDisable", in: .files, .one, summary: "Keeps no answers for URLs."),
        .known("CacheMaxExpire", in: .files, .one, summary: "Limits how long answers are kept."),
        .known("CacheMinExpire", in: .files, .one, summary: "Keeps answers at least so long."),
        .known("CacheDefaultExpire", in: .files, .one, summary: "Says how long answers without an end are kept."),
        .known("CacheQuickHandler", in: .server, .flag, summary: "Answers from the cache before everything else."),
        .known("CacheIgnoreNoLastMod", in: .files, .flag, summary: "Keeps answers without a date."),
        .known(
            "CacheIgnoreCacheControl", in: .server, .flag,
            summary: "Does not obey clients who want fresh answers."),
        .known("CacheStoreExpired", in: .files, .flag, summary: "Keeps answers that are out of date."),
        .known("CacheStorePrivate", in: .files, .flag, summary: "Keeps answers that are for one user."),
        .known("CacheStoreNoStore", in: .files, .flag, summary: "Keeps answers that ask not to be kept."),
        .known("CacheIgnoreHeaders", in: .server, .oneOrMore, summary: "Does not keep some fields."),
        .known("CacheIgnoreQueryString", in: .server, .flag, summary: "Takes queries for no difference."),
        .known(
            "CacheIgnoreURLSessionIdentifiers", in: .server, .oneOrMore,
            summary: "Takes session marks for no difference."),
        .known("CacheLastModifiedFactor", in: .files, .one, summary: "Reckons an end from the last change."),
        .known("CacheLock", in: .server, .flag, summary: "Lets one request at a time fill the cache."),
        .known("CacheLockPath", in: .server, .one, summary: "Names the folder of such locks."),
        .known("CacheLockMaxAge", in: .server, .one, summary: "Ends such locks."),
        .known("CacheHeader", in: .files, .flag, summary: "Adds a field that tells hits."),
        .known("CacheDetailHeader", in: .files, .flag, summary: "Adds a field that tells more."),
        .known("CacheKeyBaseURL", in: .server, .one, summary: "Names the host that keys are made with."),
        .known("CacheStaleOnError", in: .files, .flag, summary: "Answers from the cache when the upstream fails."),
    ]

    private static let cacheDisk: [Entry<ApacheLowering>] = [
        .known("CacheRoot", in: .server, .one, summary: "Names the folder of kept answers."),
        .known("CacheDirLevels", in: .server, .one, summary: "Sets how deep its folders are nested."),
        .known("CacheDirLength", in: .server, .one, summary: "Sets the length of its folders' names."),
        .known("CacheMinFileSize", in: .files, .one, summary: "Keeps no smaller answers."),
        .known("CacheMaxFileSize", in: .files, .one, summary: "Keeps no larger answers."),
        .known("CacheReadSize", in: .files, .one, summary: "Reads so much at once."),
        .known("CacheReadTime", in: .files, .one, summary: "Reads so long at once."),
    ]

    private static let cacheSocache: [Entry<ApacheLowering>] = [
        .known("CacheSocache", in: .server, .one, summary: "Names the shared store of answers."),
        .known("CacheSocacheMaxTime", in: .files, .one, summary: "Limits how long answers stay there."),
        .known("CacheSocacheMinTime", in: .files, .one, summary: "Keeps answers there at least so long."),
        .known("CacheSocacheMaxSize", in: .files, .one, summary: "Limits the size of answers there."),
        .known("CacheSocacheReadSize", in: .files, .one, summary: "Reads so much at once."),
        .known("CacheSocacheReadTime", in: .files, .one, summary: "Reads so long at once."),
    ]

    private static let fileCache: [Entry<ApacheLowering>] = [
        .ignored("CacheFile", in: .server, .oneOrMore, summary: "Keeps files open."),
        .ignored("MMapFile", in: .server, .oneOrMore, summary: "Keeps files in memory."),
    ]

    private static let socacheMemcache: [Entry<ApacheLowering>] = [
        .ignored(
            "MemcacheConnTTL", in: .server, .one,
            summary: "Says how long idle connections to memcached are kept.")
    ]

    private static let socacheRedis: [Entry<ApacheLowering>] = [
        .ignored("RedisConnPoolTTL", in: .server, .one, summary: "Says how long idle connections to Redis are kept."),
        .ignored("RedisTimeout", in: .server, .one, summary: "Limits the wait for Redis."),
    ]
}
