import Foundation
import Foundations
import TestSupport
import Testing
import Torch

@Suite("Torch", .serialized)
struct TorchTests {
  @Test("gives back every tensor, also after errors and double backward passes")
  func liveHandles() throws {
    // Other tests run beside this one and keep tensors for a while; a leak here would be far more than theirs.
    let rounds = 4000
    let before = Tensor.liveCount
    for _ in 0..<rounds {
      let x = try Tensor([1, 2, 3] as [Float], shape: [3]).trackingGradients()
      let first = try gradients(
        of: [x.squared().multiplied(by: x).sum()], withRespectTo: [x], creatingGraph: true)
      _ = try gradients(of: first.compactMap { $0 }, withRespectTo: [x])
      #expect(throws: TorchError.self) { try x.reshaped([2, 2]) }
    }
    #expect(Tensor.liveCount - before < rounds)
  }

  @Test("derivatives of x³ are 3x² and 6x")
  func derivatives() throws {
    let x = try Tensor([1, -2, 3] as [Double], shape: [3]).trackingGradients()
    let first = try #require(
      gradients(of: [x.squared().multiplied(by: x).sum()], withRespectTo: [x], creatingGraph: true)[0])
    #expect(try first.doubles() == [3, 12, 27])
    let second = try #require(gradients(of: [first.sum()], withRespectTo: [x])[0])
    #expect(try second.doubles() == [6, -12, 18])
    let unused = try Tensor.scalar(1).trackingGradients()
    #expect(try gradients(of: [x.sum()], withRespectTo: [unused])[0] == nil)
  }

  @Test("errors name the operation and say the reason in one line")
  func errors() throws {
    let x = try Tensor([1, 2] as [Float], shape: [2])
    #expect {
      try x.reshaped([3])
    } throws: { error in
      let text = "\(error)"
      return text.hasPrefix("aten::reshape: ") && !text.contains("\n")
    }
    #expect(throws: TorchError.self) { try Tensor.call("aten::no_such_operation", []) }
    #expect(throws: TorchError.self) { try Tensor([1] as [Float], shape: [2]) }
  }

  @Test("safetensors files read back")
  func safetensors() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/t.safetensors"
      let tensor = try Tensor([1.5, -2, 3, 4] as [Float], shape: [2, 2])
      try SafetensorsFile(
        tensors: [("b", tensor), ("a/ü", Tensor([7] as [Int64], shape: []))], metadata: ["k": "v"]
      )
      .write(to: path)
      let read = try SafetensorsFile(contentsOf: path)
      #expect(read.metadata == ["k": "v"])
      #expect(read.tensors.map(\.name) == ["b", "a/ü"])
      #expect(try read["b"]?.floats() == [1.5, -2, 3, 4])
      #expect(try read["a/ü"]?.integers() == [7])
    }
  }

  @Test("safetensors files that are cut short or something else are refused", arguments: [0, 4, 30, 70])
  func damagedSafetensors(length: Int) throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/t.safetensors"
      try SafetensorsFile(tensors: [("b", Tensor([1, 2] as [Float], shape: [2]))]).write(to: path)
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      try data.prefix(length).write(to: URL(fileURLWithPath: path))
      #expect(throws: FileError.self) { try SafetensorsFile(contentsOf: path) }
    }
  }

  @Test(
    "safetensors headers whose sizes make no sense are refused",
    arguments: [
      ("[4611686018427387904,4]", "[0,8]"), ("[-1,-2]", "[0,8]"), ("[2.5]", "[0,8]"), ("[1e30]", "[0,8]"),
      ("[3]", "[0,8]"), ("[2]", "[0,9223372036854775807]"), ("[2]", "[8,0]"), ("[2]", "[-8,0]"),
      ("[2]", "[0]"), ("[0,4611686018427387904,4]", "[0,0]"),
    ])
  func safetensorsSizes(shape: String, offsets: String) throws {
    try expectRefused(#"{"a":{"dtype":"F32","shape":\#(shape),"data_offsets":\#(offsets)}}"#)
  }

  @Test("safetensors entries that share data, which would take more memory than the file, are refused")
  func safetensorsOverlap() throws {
    let entries = (0..<3).map { #""\#($0)":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"# }
    try expectRefused("{\(entries.joined(separator: ","))}")
  }

  /// Expects that a file of a header and eight bytes is refused.
  private func expectRefused(_ header: String, location: SourceLocation = #_sourceLocation) throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/t.safetensors"
      var file = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
      file.append(Data(header.utf8))
      file.append(Data(count: 8))
      try file.write(to: URL(fileURLWithPath: path))
      #expect(throws: FileError.self, sourceLocation: location) { try SafetensorsFile(contentsOf: path) }
    }
  }
}
