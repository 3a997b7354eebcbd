// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "Examples",
  dependencies: [.package(name: "swift-emq", path: "..")],
  targets: [
    .executableTarget(
      name: "CompressFashion", dependencies: [.product(name: "EMQ", package: "swift-emq")],
      swiftSettings: [.swiftLanguageMode(.v6)])
  ]
)
