import Datasets
import Foundation
import Testing

@Suite("Preprocessing in a model's metadata")
struct PreprocessingCodingTests {
  private func encoded(_ preprocessing: Preprocessing) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(preprocessing), as: UTF8.self)
  }

  private func decoded(_ text: String) throws -> Preprocessing {
    try JSONDecoder().decode(Preprocessing.self, from: Data(text.utf8))
  }

  @Test("what is as usual is not written, so files keep their bytes")
  func usual() throws {
    let bare = try Preprocessing(mean: [0.25], std: [0.5])
    #expect(try encoded(bare) == #"{"mean":[0.25],"std":[0.5]}"#)
    let sized = try Preprocessing(mean: [0.25], std: [0.5], resize: 256, crop: 224)
    #expect(try encoded(sized) == #"{"crop":224,"mean":[0.25],"resize":256,"std":[0.5]}"#)
    #expect(
      "\(sized)" == "Preprocessing(mean: [0.25], std: [0.5], resize: Optional(256), crop: Optional(224))")
    #expect("\(bare)" == "Preprocessing(mean: [0.25], std: [0.5], resize: nil, crop: nil)")
  }

  @Test("texts without scale and order mean the usual ones")
  func decoding() throws {
    let sized = try Preprocessing(mean: [0.25], std: [0.5], resize: 256)
    #expect(try decoded(#"{"mean":[0.25],"std":[0.5],"resize":256,"crop":null}"#) == sized)
    let other = try Preprocessing(
      mean: [1, 2, 3], std: [4, 5, 6], crop: 8, scale: .bytes, channelOrder: .bgr)
    #expect(
      try encoded(other) == #"{"channelOrder":"bgr","crop":8,"mean":[1,2,3],"scale":255,"std":[4,5,6]}"#)
    #expect(try decoded(encoded(other)) == other)
    #expect("\(other)".hasSuffix("crop: Optional(8), scale: 255, channels: bgr)"))
  }

  @Test(
    "texts that make no sense are refused",
    arguments: [
      #"{"mean":[0.25]}"#, #"{"mean":[],"std":[1]}"#, #"{"mean":[0],"std":[1],"scale":7}"#,
      #"{"mean":[0],"std":[1],"channelOrder":"grb"}"#, #"{"mean":[0],"std":[1],"crop":-1}"#, "[]",
    ])
  func refused(text: String) {
    #expect(throws: (any Error).self) { try decoded(text) }
  }
}
