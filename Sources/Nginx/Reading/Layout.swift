import Language
import Source

/// Finds the main file of a folder that is laid out as nginx's.
struct NginxLayout {
    let files: FileAccess

    /// The folders of sites and parts beside the main file.
    private static let siteFolders: Set<String> = ["sites-available", "sites-enabled", "conf.d"]

    /// The layout that a path belongs to.
    ///
    /// A folder with `nginx.conf` is one; so are the folders of sites beside it and the files in them. A site that is
    /// not enabled is read beside the main file.
    func layout(of path: String) -> Layout? {
        let path = withoutFinalSlash(path)
        switch files.kind(path) {
        case .directory:
            if let main = main(in: path) { return Layout(main: main) }
            guard let main = mainBeside(path) else { return nil }
            return Layout(main: main, sites: sites(in: path, main))
        case .file:
            let name = String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...])
            if name == "nginx.conf" { return Layout(main: path) }
            let folder = folderName(of: path)
            guard let main = mainBeside(folder), path.contains("/") else { return nil }
            return Layout(main: main, sites: isEnabled(name, folder) ? [] : [path])
        case .other, nil:
            return nil
        }
    }

    private func main(in folder: String) -> String? {
        let path = folder == "/" ? "/nginx.conf" : folder + "/nginx.conf"
        return files.kind(path) == .file ? path : nil
    }

    /// The main file beside a folder of sites.
    private func mainBeside(_ folder: String) -> String? {
        guard let slash = folder.lastIndex(of: "/") else {
            return Self.siteFolders.contains(folder) ? main(in: ".") : nil
        }
        guard Self.siteFolders.contains(String(folder[folder.index(after: slash)...])) else { return nil }
        return main(in: slash == folder.startIndex ? "/" : String(folder[..<slash]))
    }

    /// The sites of a folder that are not enabled.
    private func sites(in folder: String, _ main: String) -> [String] {
        files.list(folder).filter { !$0.hasPrefix(".") && !isEnabled($0, folder) }
            .map { folder + "/" + $0 }
            .filter { files.kind($0) == .file }
    }

    /// Whether a file is enabled: by a link of its name, or because all of its folder is.
    private func isEnabled(_ name: String, _ folder: String) -> Bool {
        if folder.hasSuffix("sites-enabled") { return true }
        if folder.hasSuffix("conf.d") { return name.hasSuffix(".conf") }
        let parent = folderName(of: folder)
        return files.kind(parent + "/sites-enabled/" + name) != nil
            || files.kind(parent + "/sites-enabled/" + name + ".conf") != nil
    }

    private func withoutFinalSlash(_ path: String) -> String {
        var path = path
        while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
