/// Keeps a value beside the struct that has it, so that structs on the stack of a deep recursion stay small.
@propertyWrapper struct Boxed<Value: Sendable>: Sendable {
    // An array of one: its storage is shared until somebody changes it.
    private var storage: [Value]

    init(wrappedValue: Value) { storage = [wrappedValue] }

    init() where Value: ExpressibleByNilLiteral { storage = [nil] }

    var wrappedValue: Value {
        get { storage[0] }
        _modify { yield &storage[0] }
    }
}
