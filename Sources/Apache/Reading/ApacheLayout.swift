import Language
import Source

/// How distributions lay out a configuration: Debian's `/etc/apache2`, Red Hat's `/etc/httpd`, and copies of them.
struct ApacheLayout {
    /// How files are looked at.
    let files: FileAccess

    /// The layout that a folder is, or that a file or folder lies in.
    func find(_ path: String) -> Layout? {
        let path = withoutFinalSlash(path)
        let isFolder = files.kind(path) == .directory
        if isFolder, let layout = layout(ofRoot: path) { return layout }
        guard let root = Self.root(of: path), let layout = layout(ofRoot: root) else { return nil }
        if layout.main == path { return layout }
        return Layout(main: layout.main, sites: isFolder ? sites(in: path) : layout.sites)
    }

    /// The root of the layout that a path seems to lie in, by the names of the folders around it.
    static func root(of path: String) -> String? {
        let folder = parentFolder(of: path)
        let name = String(folder.split(separator: "/").last ?? "")
        let own = String(path.split(separator: "/").last ?? "")
        if folders.contains(own) { return folder }
        if folders.contains(name) { return parentFolder(of: folder) }
        if own == "apache2.conf" || own == "ports.conf" || own == "envvars" { return folder }
        return nil
    }

    private static let folders: Set<String> = [
        "sites-available", "sites-enabled", "conf-available", "conf-enabled", "mods-available", "mods-enabled", "conf",
        "conf.d", "conf.modules.d", "vhosts.d",
    ]

    private func layout(ofRoot root: String) -> Layout? {
        if files.kind(root + "/apache2.conf") == .file {
            return Layout(main: root + "/apache2.conf", sites: sites(in: root + "/sites-available", besides: root))
        }
        for main in ["/conf/httpd.conf", "/httpd.conf"] where files.kind(root + main) == .file {
            return Layout(main: root + main)
        }
        return nil
    }

    /// Site files that are there and not enabled.
    private func sites(in folder: String, besides root: String) -> [String] {
        let enabled = Set(files.list(root + "/sites-enabled"))
        return files.list(folder).filter { $0.hasSuffix(".conf") && !enabled.contains($0) }.map { folder + "/" + $0 }
    }

    private func sites(in folder: String) -> [String] {
        guard folder.hasSuffix("/sites-available") else { return [] }
        return sites(in: folder, besides: parentFolder(of: folder))
    }
}
