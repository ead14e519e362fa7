// Members that are left out when they say nothing.

import JSON
import Queueing

extension JSONWriter {
    mutating func fieldIfNotZero(_ name: String, _ value: Int64) {
        if value != 0 { field(name, value) }
    }

    mutating func fieldIfNotZero(_ name: String, _ value: UInt64) {
        if value != 0 { field(name, value) }
    }

    mutating func fieldIfPresent(_ name: String, _ values: [[UInt8]]) {
        guard !values.isEmpty else { return }
        field(name, values)
    }

    mutating func field(_ name: String, _ values: [[UInt8]]) {
        self.name(name)
        array(values)
    }

    mutating func array(_ values: [[UInt8]]) {
        beginArray()
        for value in values { string(value) }
        endArray()
    }

    mutating func metadata(_ entries: [MetadataEntry]) {
        guard !entries.isEmpty else { return }
        name("metadata")
        beginObject()
        for entry in entries { field(entry.key, entry.value) }
        endObject()
    }

    mutating func mappings(_ name: String, _ mappings: [SubjectMapping]) {
        guard !mappings.isEmpty else { return }
        self.name(name)
        beginArray()
        for mapping in mappings { mapping.write(to: &self) }
        endArray()
    }

    private mutating func field(_ name: [UInt8], _ value: [UInt8]) {
        self.name(name)
        string(value)
    }
}

extension Array {
    /// The text that stands for `word`.
    func text<Word: Equatable>(of word: Word) -> String where Element == (String, Word) {
        first { $0.1 == word }?.0 ?? ""
    }
}
