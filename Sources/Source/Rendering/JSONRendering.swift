extension Diagnostic {
    /// The findings of a lint run as JSON: `{"files": N, "findings": [...]}`.
    ///
    /// Lines and columns count from 1, columns and offsets in bytes, ends are exclusive; absent parts are left out.
    package static func json(_ diagnostics: some Sequence<Diagnostic>, fileCount: Int, sources: SourceMap) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.field("files", fileCount)
            json.key("findings")
            json.array(of: diagnostics) { json, diagnostic in diagnostic.write(to: &json, sources: sources) }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }

    /// Writes one finding as a JSON object.
    package func write(to json: inout JSONWriter, sources: SourceMap) {
        json.object { json in
            json.field("rule", rule)
            json.field("severity", severity.rawValue)
            json.field("message", message)
            json.field("why", why)
            json.field("help", help)
            json.field("witness", witness)
            if let range {
                let start = sources.position(of: range)
                let end = sources.position(of: range.end, in: range.file)
                json.field("file", sources[range.file].path)
                json.field("line", start.line)
                json.field("column", start.column)
                json.field("endLine", end.line)
                json.field("endColumn", end.column)
            }
            if !related.isEmpty {
                json.key("related")
                json.array(of: related) { json, note in note.write(to: &json, sources: sources) }
            }
            if let fix {
                json.key("fix")
                fix.write(to: &json, sources: sources)
            }
        }
    }
}

extension Note {
    fileprivate func write(to json: inout JSONWriter, sources: SourceMap) {
        json.object { json in
            if let range {
                json.field("file", sources[range.file].path)
                json.field("line", sources.position(of: range).line)
            }
            json.field("message", message)
        }
    }
}

extension Fix {
    fileprivate func write(to json: inout JSONWriter, sources: SourceMap) {
        json.object { json in
            json.field("safe", isSafe)
            json.field("title", title)
            json.key("edits")
            json.array(of: edits) { json, edit in
                json.object { json in
                    json.field("file", sources[edit.range.file].path)
                    json.field("startOffset", edit.range.start)
                    json.field("endOffset", edit.range.end)
                    json.field("text", edit.text)
                }
            }
        }
    }
}
