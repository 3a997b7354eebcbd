// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "CompressFashion",
  dependencies: [.package(path: "../..")],
  targets: [
    .executableTarget(
      name: "compress-fashion", dependencies: [.product(name: "EMQ", package: "swift-emq")],
      swiftSettings: [.swiftLanguageMode(.v6)])
  ]
)
