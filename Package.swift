// swift-tools-version: 6.1
import Foundation
import PackageDescription

let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
/// An unpacked libtorch: `LIBTORCH` where it is set, else the one that `Scripts/bootstrap` put beside us.
let libtorch = ProcessInfo.processInfo.environment["LIBTORCH"] ?? "\(root)/.deps/libtorch"

let swiftSettings: [SwiftSetting] = [.swiftLanguageMode(.v6)]

func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, exclude: exclude, resources: resources,
    swiftSettings: swiftSettings)
}

/// The tests of a library; what they share is in TestSupport.
func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies,
    swiftSettings: swiftSettings)
}

let package = Package(
  name: "swift-emq",
  products: [
    .executable(name: "emq", targets: ["emq"]),
    .library(name: "EMQ", targets: ["EMQ"]),
    // For Fuzzing/.
    .library(name: "FuzzTargets", targets: ["Foundations", "FuzzTargets"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    // C libraries, found by pkg-config but for CBC.
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CCBC", providers: [.apt(["coinor-libcbc-dev"])]),
    .systemLibrary(
      name: "CPLplot", pkgConfig: "plplot", providers: [.apt(["libplplot-dev", "plplot-driver-cairo"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    .target(
      name: "CTorch",
      cxxSettings: [
        .unsafeFlags([
          "-isystem", "\(libtorch)/include", "-isystem", "\(libtorch)/include/torch/csrc/api/include",
        ])
      ],
      linkerSettings: [
        .unsafeFlags(["-L\(libtorch)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(libtorch)/lib"]),
        .linkedLibrary("torch_cpu"), .linkedLibrary("c10"), .linkedLibrary("jemalloc"),
      ]),
    library("BitModel"),
    library("Foundations", ["CCrypto"]),
    library("RankStatistics", ["Foundations"]),
    library("Torch", ["CTorch", "Foundations"]),
    library(
      "ONNX",
      [
        "Foundations", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "OrderedCollections", package: "swift-collections"),
      ], exclude: ["Schema/onnx.proto"]),
    library("Network", ["ONNX", "Torch", "BitModel", "Foundations"]),
    library("Datasets", ["Torch", "Foundations", "CZlib", "CZip", "CPNG", "CTurboJPEG"]),
    library("Quantization", ["Network", "ONNX", "Torch", "BitModel", "Foundations"]),
    library(
      "Training",
      ["Workloads", "Quantization", "Datasets", "Network", "ONNX", "Torch", "BitModel", "Foundations"]),
    library("LayerStatistics", ["Torch", "BitModel", "Foundations"]),
    library(
      "Statistics", ["LayerStatistics", "Quantization", "Network", "Torch", "BitModel", "Foundations"]),
    library(
      "Proxies", ["LayerStatistics", "Torch", "BitModel", "Foundations"], exclude: ["Shipped/README.md"],
      resources: [
        .embedInCode("Shipped/extended.json"), .embedInCode("Shipped/paper.json"),
        .embedInCode("Shipped/response.json"), .embedInCode("Shipped/response_nearest.json"),
      ]),
    library(
      "Evolution", ["Proxies", "LayerStatistics", "RankStatistics", "Torch", "BitModel", "Foundations"]),
    library(
      "Benchmarks",
      [
        "Quantization", "RankStatistics", "Torch", "BitModel", "Foundations",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    library("PostgreSQL", ["CPostgreSQL", "Foundations"]),
    library("SharedStore", ["PostgreSQL", "Foundations"]),
    library(
      "PostgreSQLBenchmarks",
      ["Benchmarks", "SharedStore", "PostgreSQL", "Quantization", "BitModel", "Foundations"]),
    library("Allocation", ["BitModel", "Foundations", "CCBC"]),
    library("ONNXRuntime", ["Quantization", "Network", "ONNX", "Torch", "Foundations"]),
    library(
      "Workloads",
      [
        "Statistics", "LayerStatistics", "RankStatistics", "Quantization", "Datasets", "Network", "ONNX",
        "Torch",
        "BitModel", "Foundations",
      ]),
    library(
      "BenchmarkBuilding",
      [
        "Benchmarks", "Workloads", "Datasets", "Quantization", "Network", "Torch", "BitModel", "Foundations",
      ]),
    library(
      "Workers",
      [
        "Studies", "Evolution", "BenchmarkBuilding", "PostgreSQLBenchmarks", "SharedStore", "Benchmarks",
        "Workloads", "Quantization", "Network", "ONNX", "Torch", "BitModel", "Foundations",
      ]),
    library(
      "Studies",
      [
        "Compression", "PostgreSQLBenchmarks", "SharedStore", "PostgreSQL", "Benchmarks", "Evolution",
        "Proxies",
        "LayerStatistics", "RankStatistics",
        "Quantization",
        "Workloads",
        "Torch", "BitModel", "Foundations",
      ]),
    library(
      "Compression",
      [
        "Allocation", "BenchmarkBuilding", "Benchmarks", "Evolution", "Proxies", "ONNXRuntime", "Workloads",
        "Statistics", "LayerStatistics",
        "RankStatistics", "Quantization", "Datasets", "Network", "ONNX", "Torch", "BitModel", "Foundations",
      ]),
    library(
      "Demo",
      [
        "Compression", "BenchmarkBuilding", "Benchmarks", "Evolution", "Proxies", "ONNXRuntime", "Workloads",
        "Allocation", "Statistics", "LayerStatistics", "RankStatistics", "Quantization", "Datasets",
        "Network",
        "ONNX", "Torch", "BitModel", "Foundations",
      ]),
    library(
      "Reports",
      [
        "Demo", "Studies", "Compression", "Allocation", "ONNXRuntime", "Workloads", "PostgreSQLBenchmarks",
        "SharedStore", "Benchmarks", "Evolution",
        "Proxies", "LayerStatistics", "RankStatistics", "Quantization", "Network", "ONNX", "BitModel",
        "Foundations", "CPLplot",
      ]),
    library(
      "HTMLReports",
      [
        "Reports", "Studies", "Compression", "Allocation", "ONNXRuntime", "Workloads", "PostgreSQLBenchmarks",
        "Benchmarks", "Evolution",
        "Proxies", "LayerStatistics", "RankStatistics", "Quantization", "Network", "ONNX", "Torch",
        "BitModel",
        "Datasets", "Foundations",
      ],
      resources: [
        .embedInCode("Resources/style.css"), .embedInCode("Resources/report.js"),
        .embedInCode("Resources/allocation.js"),
      ]),
    library(
      "Dashboard",
      [
        "HTMLReports", "Reports", "Evolution", "Benchmarks", "Proxies", "BitModel", "Foundations",
        .product(name: "FlyingFox", package: "FlyingFox"),
        .product(name: "FlyingSocks", package: "FlyingFox"),
      ], resources: [.embedInCode("Resources/dashboard.css"), .embedInCode("Resources/dashboard.js")]),
    library(
      "EMQ",
      [
        "Allocation", "BenchmarkBuilding", "Benchmarks", "BitModel", "Compression", "Datasets", "Evolution",
        "Foundations", "LayerStatistics", "Network", "ONNX", "ONNXRuntime", "Proxies", "Quantization",
        "RankStatistics", "Statistics", "Studies", "Training", "Workloads", "PostgreSQL",
        "PostgreSQLBenchmarks", "SharedStore", "Workers",
      ]),
    .executableTarget(
      name: "emq",
      dependencies: [
        "BitModel", "Foundations", "RankStatistics", "Torch", "ONNX", "Network", "Datasets", "Training",
        "Quantization", "LayerStatistics", "Statistics", "Proxies", "Evolution", "Benchmarks", "Workloads",
        "BenchmarkBuilding", "Studies", "Allocation", "ONNXRuntime", "Compression", "Demo", "Reports",
        "HTMLReports", "Workers", "PostgreSQLBenchmarks", "SharedStore", "PostgreSQL",
        "Dashboard",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: swiftSettings,
      // Where Scripts/install puts libraries.
      linkerSettings: [.unsafeFlags(["-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/../lib/emq"])]),

    .target(
      name: "TestSupport", dependencies: ["ONNX"], path: "Tests/TestSupport", swiftSettings: swiftSettings),
    .target(
      name: "StudySupport",
      dependencies: [
        "Studies", "Benchmarks", "Evolution", "Proxies", "LayerStatistics", "Torch", "Foundations",
        "TestSupport",
      ], path: "Tests/StudySupport", swiftSettings: swiftSettings),
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Allocation", "Benchmarks", "Datasets", "Evolution", "Foundations", "LayerStatistics", "Network",
        "ONNX", "Proxies", "Torch", "CZlib", .product(name: "GRDB", package: "GRDB.swift"),
      ], path: "Tests/FuzzTargets", swiftSettings: swiftSettings),
    tests("FuzzTargets"),
    tests("BitModel"),
    tests("Foundations"),
    tests("RankStatistics", ["Foundations"]),
    tests("Torch", ["Foundations"]),
    tests("ONNX", ["Foundations"]),
    tests("Network", ["ONNX", "Torch", "BitModel", "Foundations"]),
    tests("Datasets", ["Torch", "Foundations", "CZip", "CZlib"]),
    tests("Training", ["Quantization", "Datasets", "Network", "ONNX", "BitModel", "Foundations", "Torch"]),
    tests("Quantization", ["Network", "ONNX", "Torch", "BitModel", "Foundations"]),
    tests(
      "Statistics",
      [
        "LayerStatistics", "Quantization", "Network", "ONNX", "Datasets", "Torch", "BitModel", "Foundations",
      ]),
    tests(
      "Proxies",
      [
        "LayerStatistics", "Statistics", "Quantization", "Network", "ONNX", "Datasets", "Torch", "BitModel",
        "Foundations",
      ]),
    tests("Evolution", ["Proxies", "LayerStatistics", "RankStatistics", "Torch", "BitModel", "Foundations"]),
    tests("Workers", ["Network", "Torch"]),
    tests(
      "Benchmarks",
      [
        "PostgreSQLBenchmarks", "SharedStore", "PostgreSQL", "Quantization", "RankStatistics", "Torch",
        "BitModel", "Foundations",
      ]),
    tests("PostgreSQL"),
    tests("SharedStore", ["PostgreSQL", "Foundations"]),
    tests("BenchmarkBuilding", ["Torch"]),
    tests(
      "Workloads",
      [
        "Compression", "Datasets", "LayerStatistics", "Network", "ONNX", "ONNXRuntime", "Proxies",
        "Quantization",
        "Statistics", "Torch", "BitModel", "Foundations",
      ]),
    tests(
      "Compression",
      [
        "Allocation", "BitModel", "Evolution", "Proxies", "Datasets", "Workloads", "Foundations",
        "ONNXRuntime", "Quantization",
        "ONNX", "Torch",
      ]),
    tests("Allocation", ["BitModel", "Foundations"]),
    tests(
      "ONNXRuntime",
      ["Quantization", "Datasets", "Network", "ONNX", "Torch", "BitModel", "Foundations"]),
    tests("Reports", ["Foundations"]),
    tests("Studies", ["StudySupport", "SharedStore", "PostgreSQL", "Evolution", "Foundations"]),
    tests(
      "HTMLReports",
      [
        "StudySupport",
        "Reports", "Studies", "Compression", "Benchmarks", "Evolution", "Proxies", "LayerStatistics",
        "Network", "Torch", "BitModel", "Foundations",
      ]),
    tests(
      "Dashboard",
      [
        "Evolution", "Benchmarks", "Proxies", "Quantization", "BitModel", "Foundations",
      ]),
    .testTarget(
      name: "emqTests", dependencies: ["emq", "ONNX", "Datasets", "Benchmarks", "TestSupport"],
      exclude: ["Snapshots"],
      swiftSettings: swiftSettings),
  ],
  cxxLanguageStandard: .cxx20
)
