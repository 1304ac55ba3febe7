// swift-tools-version: 6.3
import PackageDescription

/// What every target is built with: the strict language modes, and warnings as errors.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    // Spans of memory that a type of our own lends; the standard library's containers are declared with it too.
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]

/// Tests use Foundation and Swift Testing, whose macros expand to code that strict memory safety would flag.
let forTests: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: forTests)
}

let package = Package(
    name: "sluice",
    products: [.executable(name: "sluice", targets: ["sluice"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        .systemLibrary(
            name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .target(name: "CTLS", dependencies: ["COpenSSL"]),
        .target(name: "CScan"),
        .target(name: "CSystem", linkerSettings: [.linkedLibrary("crypt")]),

        library("System", ["CSystem"]),
        library("Source"),
        library("Syntax", ["Source"]),
        library("Pattern", ["CPCRE2"]),
        library("IR"),
        library("HTTP", ["CScan"]),
        library("Routing", ["IR", "HTTP", "Pattern", "System"]),
        library("Language", ["Source", "Syntax", "IR"]),
        library("Apache", ["Language", "Source", "Syntax", "IR", "Pattern"]),
        library("Nginx", ["Language", "Source", "Syntax", "IR", "Pattern"]),
        library("Lint", ["Language", "Routing", "IR", "Syntax", "Source", "HTTP"]),
        library("Explain", ["Language", "Routing", "IR", "Source", "HTTP"]),
        library("Translate", ["Language", "Routing", "IR", "Source", "Pattern"]),
        library("TLS", ["COpenSSL", "CTLS", "System"]),
        library("Net", ["System", "HTTP", "TLS"]),
        library("Serve", ["Net", "TLS", "System", "HTTP", "Routing", "IR"]),
        .executableTarget(
            name: "sluice",
            dependencies: [
                "Apache", "Nginx", "Language", "Source", "Syntax", "IR", "Routing", "Lint", "Explain", "Translate",
                "Serve", "System", "HTTP", "TLS",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict,
            linkerSettings: [
                .unsafeFlags(
                    ["-static-stdlib", "-l_FoundationCollections", "-l_FoundationCShims"],
                    .when(configuration: .release))
            ]
        ),

        .executableTarget(
            name: "routing-benchmark", dependencies: ["Routing", "Nginx", "Language", "Source", "System", "HTTP"],
            path: "Benchmarks/Routing", swiftSettings: strict),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: forTests),
        tests("SystemTests", ["System", "TestSupport"]),
        tests("SyntaxTests", ["Syntax", "Source", "TestSupport"]),
        tests("PatternTests", ["Pattern", "TestSupport"]),
        tests("HTTPTests", ["HTTP", "TestSupport"]),
        tests("NetTests", ["Net", "System", "HTTP", "TestSupport"]),
        tests(
            "RoutingTests",
            [
                "Routing", "Explain", "IR", "HTTP", "Apache", "Nginx", "Language", "Source", "System", "TestSupport",
            ]),
        tests(
            "DialectTests",
            ["Apache", "Nginx", "Language", "IR", "Syntax", "Source", "Routing", "HTTP", "TestSupport"]),
        tests(
            "TranslateTests",
            ["Translate", "Apache", "Nginx", "Language", "IR", "Source", "Syntax", "Routing", "TestSupport"]),
        tests("LintTests", ["Lint", "Apache", "Nginx", "Language", "IR", "Syntax", "Source", "TestSupport"]),
        tests(
            "ServeTests",
            [
                "Serve", "Apache", "Nginx", "Language", "IR", "Routing", "Net", "TLS", "System", "HTTP", "Source",
                "TestSupport",
            ]),
        tests("TidyTests", ["TestSupport"]),
        tests("CommandTests", ["sluice", "System", "TestSupport"]),
        tests("DifferentialTests", ["TestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)
