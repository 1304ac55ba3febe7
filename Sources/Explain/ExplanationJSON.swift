package import IR
import Routing
package import Source

extension Explanation {
    /// Writes all of it as a JSON object.
    package func write(to json: inout JSONWriter, configuration: Configuration, sources: SourceMap) {
        let lines = Lines(configuration: configuration, sources: sources)
        json.object { json in
            json.field("request", request)
            json.field("status", answer.status)
            if let site = outcome.site {
                json.key("site")
                json.object { json in
                    json.field("name", configuration.sites[site.at].name)
                    write(lines.place(of: configuration.sites[site.at].origin), to: &json)
                }
            }
            json.key("steps")
            json.array(of: outcome.steps) { json, step in
                json.object { json in
                    json.field("kind", step.kind.rawValue)
                    if !step.text.isEmpty { json.field("text", step.text) }
                    write(lines.place(of: step.origin), to: &json)
                }
            }
            json.key("layers")
            json.array(of: outcome.layers) { json, layer in
                json.object { json in write(lines.place(of: configuration.layers[layer.at].origin), to: &json) }
            }
            json.key("story")
            write(chapters, to: &json)
            json.key("sent")
            json.array(of: sent) { json, message in
                json.object { json in
                    json.field("to", message.authority)
                    json.field("line", message.start)
                    write(message.fields, to: &json)
                }
            }
            json.key("answer")
            write(answer, to: &json)
            if let failure {
                json.key("refused")
                json.object { json in
                    json.key("story")
                    write(failure.chapters, to: &json)
                    json.key("answer")
                    write(failure.answer, to: &json)
                }
            }
        }
    }

    private func write(_ chapters: [Chapter], to json: inout JSONWriter) {
        json.array { json in
            for chapter in chapters {
                for fact in chapter.facts {
                    json.object { json in
                        json.field("about", chapter.title)
                        json.field("verdict", fact.verdict.rawValue)
                        json.field("text", fact.text)
                        write(fact.place, to: &json)
                    }
                }
            }
        }
    }

    private func write(_ answer: ExplainedAnswer, to json: inout JSONWriter) {
        json.object { json in
            json.field("status", answer.status)
            json.field("line", answer.start)
            write(answer.fields, to: &json)
            if !answer.body.isEmpty { json.field("body", answer.body) }
            if !answer.complaint.isEmpty { json.field("complaint", answer.complaint) }
        }
    }

    private func write(_ fields: [ExplainedField], to json: inout JSONWriter) {
        json.key("fields")
        json.array(of: fields) { json, field in
            json.object { json in
                json.field("name", field.field.name)
                json.field("value", field.field.value)
                write(field.place, to: &json)
            }
        }
    }

    private func write(_ place: ExplainedPlace?, to json: inout JSONWriter) {
        guard let place else { return }
        json.field("file", place.file)
        json.field("line", place.line)
        json.field("source", place.source)
    }
}
