// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target. Unsafe code must be spelled `unsafe`, so a reader can find all of it with grep.
let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A command exports nothing, so imports need no level; conformances of library types to the argument parser would want them public.
let command: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// The matcher checks its own ranges before it takes a pointer; run-time exclusivity checks in the scan loop buy nothing.
/// Bounds and overflow checks stay on: the input is hostile.
let hot: [SwiftSetting] =
  strict + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

let package = Package(
  name: "ukai",
  products: [.executable(name: "ukai", targets: ["ukai"]), .executable(name: "ukai-scan", targets: ["ukai-scan"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // System libraries and C of our own.
    .systemLibrary(name: "CUnicode", providers: [.apt(["libunistring-dev", "libidn2-dev"])]),
    .systemLibrary(name: "CPublicSuffix", providers: [.apt(["libpsl-dev"])]),
    .systemLibrary(
      name: "CCompression",
      providers: [.apt(["libisal-dev", "libzstd-dev", "liblzma-dev", "libbz2-dev"])]),
    .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CExpat", providers: [.apt(["libexpat1-dev"])]),
    .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
    .target(name: "CShims", cSettings: [.unsafeFlags(["-O3"], .when(configuration: .release))]),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl"), .linkedLibrary("z")]),

    // The house, bottom up. Imports point upwards in this list only.
    .target(name: "Syntax", swiftSettings: strict),
    .target(name: "Indicators", dependencies: ["CShims", "CUnicode", "CPublicSuffix"], swiftSettings: strict),
    .target(
      name: "Rules",
      dependencies: ["Indicators", "Syntax", "CUnicode", "CYAML"],
      swiftSettings: strict),
    .target(name: "Transport", dependencies: ["CCurl", "CShims", "Indicators"], swiftSettings: strict),
    .target(
      name: "Feeds",
      dependencies: [
        "Indicators", "Syntax", "Rules", "Transport", "CArchive", "CExpat",
      ],
      swiftSettings: strict),
    .target(
      name: "Matching", dependencies: ["CShims", "CCompression", "Indicators", "Syntax", "Rules"],
      swiftSettings: hot),
    .target(
      name: "Store",
      dependencies: [
        "CShims", "Indicators", "Syntax", "Feeds", "Matching", "Rules", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .target(
      name: "Export", dependencies: ["Indicators", "Syntax", "Rules", "Matching", "Store", "Transport"],
      swiftSettings: strict),
    // What both commands share; links neither network nor database.
    .target(
      name: "Terminal",
      dependencies: [
        "Indicators", "Syntax", "Rules", "Matching", "CShims", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: command),
    .executableTarget(
      name: "ukai-scan", dependencies: [
        "Terminal", "Indicators", "Matching", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: command),
    .executableTarget(
      name: "ukai",
      dependencies: [
        "Terminal", "Indicators", "Syntax", "Rules", "Transport", "Feeds", "Matching", "Store", "Export", "CShims",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: command),

    // Measures the canonicaliser in one process; `bench/` runs it.
    .executableTarget(name: "canonicalize", dependencies: ["Indicators"], path: "bench/canonicalize", swiftSettings: command),
    // The matcher alone, likewise.
    .executableTarget(name: "matcher", dependencies: ["Matching"], path: "bench/matcher", swiftSettings: command),

    .testTarget(name: "SyntaxTests", dependencies: ["Syntax"]),
    .testTarget(name: "IndicatorsTests", dependencies: ["Indicators", "Syntax"]),
    .testTarget(name: "RulesTests", dependencies: ["Rules", "Indicators", "Syntax"]),
    .testTarget(name: "TransportTests", dependencies: ["Transport", "Indicators"]),
    .testTarget(
      name: "FeedsTests", dependencies: ["Feeds", "Rules", "Indicators", "Syntax", "Transport"], exclude: ["make-archives.py", "shared-feeds.tsv"]),
    .testTarget(name: "MatchingTests", dependencies: ["Matching", "Rules", "Indicators", "Syntax"]),
    .testTarget(
      name: "StoreTests",
      dependencies: [
        "Store", "Matching", "Feeds", "Rules", "Indicators", "Syntax", .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .testTarget(name: "ExportTests", dependencies: ["Export", "Store", "Transport", "Matching", "Rules", "Indicators", "Syntax"]),
    .testTarget(name: "CLITests", dependencies: ["Syntax"], exclude: ["cases"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11
)

// Fuzzing builds everything with coverage, so it has a build of its own (see `Tests/Fuzz/run`).
if Context.environment["UKAI_FUZZ_TARGETS"] != nil {
  package.targets.append(.target(name: "FuzzEntry", path: "Tests/Fuzz/FuzzEntry"))
  let fuzzer: [LinkerSetting] = [.unsafeFlags(["-sanitize=fuzzer"])]
  for (name, dependencies) in [
    ("FuzzValues", ["Indicators"]), ("FuzzMatching", ["Matching", "Indicators"]), ("FuzzLogs", ["Matching", "Rules", "Indicators"]),
    ("FuzzFeeds", ["Feeds", "Rules", "Indicators", "Syntax"]),
  ] as [(String, [Target.Dependency])] {
    package.targets.append(
      .executableTarget(
        name: name, dependencies: dependencies + ["FuzzEntry"], path: "Tests/Fuzz/\(name)", swiftSettings: [.unsafeFlags(["-parse-as-library"])],
        linkerSettings: fuzzer))
  }
}
