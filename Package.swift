// swift-tools-version: 6.1
import Foundation
import PackageDescription

let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
/// An unpacked libtorch: `LIBTORCH` where it is set, else the one that `Scripts/bootstrap` put beside us.
let libtorch = ProcessInfo.processInfo.environment["LIBTORCH"] ?? "\(root)/.deps/libtorch"

let swiftSettings: [SwiftSetting] = [.swiftLanguageMode(.v6)]

func library(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude,
    swiftSettings: swiftSettings)
}

let package = Package(
  name: "swift-emq",
  products: [.executable(name: "emq", targets: ["emq"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // C libraries, all found by pkg-config.
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CGLPK", providers: [.apt(["libglpk-dev"])]),
    .systemLibrary(
      name: "CPLplot", pkgConfig: "plplot", providers: [.apt(["libplplot-dev", "plplot-driver-cairo"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
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
        .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
      ]),
    library("Support", ["CCrypto"]),
    library("Torch", ["CTorch", "Support"]),
    library(
      "ONNX",
      [
        "Support", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "OrderedCollections", package: "swift-collections"),
      ], exclude: ["Schema/onnx.proto"]),
    library("Network", ["ONNX", "Torch", "Support"]),
    library("Datasets", ["Torch", "Support", "CZlib", "CZip", "CPNG", "CTurboJPEG"]),
    library("Training", ["Quantization", "Datasets", "Network", "ONNX", "Torch", "Support"]),
    library("Quantization", ["Network", "ONNX", "Torch", "Support"]),
    library("Statistics", ["Quantization", "Network", "Torch", "Support"]),
    library("Proxies", ["Statistics", "Torch", "Support"]),
    library("Evolution", ["Proxies", "Statistics", "Torch", "Support"]),
    library(
      "MQBench",
      ["Quantization", "Network", "Torch", "Support", .product(name: "GRDB", package: "GRDB.swift")]),
    library("Allocation", ["Support", "CGLPK"]),
    library("Reports", ["Support", "CPLplot"]),
    .executableTarget(
      name: "emq",
      dependencies: [
        "Torch", "ONNX", "Network", "Datasets", "Training", "Quantization", "Statistics", "Proxies",
        "Evolution", "MQBench", "Allocation", "Reports", "Support",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: swiftSettings),

    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: swiftSettings),
    tests("Support", ["TestSupport"]),
    tests("Torch", ["Support", "TestSupport"]),
    tests("ONNX", ["Support", "TestSupport"]),
    tests("Network", ["ONNX", "Torch", "TestSupport"]),
    tests("Datasets", ["Support", "TestSupport", "CZip", "CZlib"]),
    tests("Training", ["Quantization", "Datasets", "Network", "ONNX", "Support", "Torch", "TestSupport"]),
    tests("Quantization", ["Network", "ONNX", "Torch", "Support", "TestSupport"]),
    tests("Statistics", ["Quantization", "Network", "ONNX", "Datasets", "Torch", "Support", "TestSupport"]),
    tests(
      "Proxies",
      ["Statistics", "Quantization", "Network", "ONNX", "Datasets", "Torch", "Support", "TestSupport"]),
    tests("Evolution", ["Proxies", "Statistics", "Torch", "Support", "TestSupport"]),
    tests("MQBench", ["Support", "TestSupport"]),
    tests("Allocation", ["Support", "TestSupport"]),
    tests("Reports", ["Support", "TestSupport"]),
    .testTarget(
      name: "emqTests", dependencies: ["emq", "ONNX", "TestSupport"], exclude: ["Snapshots"],
      swiftSettings: swiftSettings),
  ],
  cxxLanguageStandard: .cxx20
)
