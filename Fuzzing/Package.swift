// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "Fuzzing",
  dependencies: [.package(name: "swift-emq", path: "..")],
  targets: [
    .systemLibrary(name: "CFuzzer"),
    .executableTarget(
      name: "Fuzz", dependencies: ["CFuzzer", .product(name: "FuzzTargets", package: "swift-emq")],
      swiftSettings: [.swiftLanguageMode(.v6)],
      // Debian's gold fails where it warns of AddressSanitizer's names.
      linkerSettings: [.unsafeFlags(["-use-ld=lld"])]),
  ]
)
