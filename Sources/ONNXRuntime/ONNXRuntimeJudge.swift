import Foundation
import Foundations
import Torch

/// Runs ONNX files in stock ONNX Runtime, by way of its Python package.
public struct ONNXRuntimeJudge: Sendable {
  /// The Python.
  let python: String

  /// Runs files in the ONNX Runtime of a Python.
  public init(python: String) { self.python = python }

  /// Finds the Python that has ONNX Runtime: the environment's `EMQ_PYTHON`, or the one that `Scripts/bootstrap` set up.
  ///
  /// - Returns: nil where there is none.
  public init?() {
    if let given = ProcessInfo.processInfo.environment["EMQ_PYTHON"] {
      python = given
      return
    }
    guard let found = ProjectFiles.find(".deps/venv/bin/python") else { return nil }
    python = found
  }

  /// The error of what cannot do without ONNX Runtime.
  public static let notFound = FileError(
    .unavailable,
    "ONNX Runtime was not found; Scripts/bootstrap sets it up, or EMQ_PYTHON names a Python that has it")

  private static let script = """
    import sys
    try:
        import numpy, onnxruntime
        model, images, outputs = sys.argv[1:4]
        shape = [int(size) for size in sys.argv[4].split(",")]
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = int(sys.argv[5])
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        data = numpy.fromfile(images, dtype=numpy.float32).reshape([-1] + shape)
        given = session.get_inputs()[0]
        batch = given.shape[0] if isinstance(given.shape[0], int) else None
        parts = []
        for first in range(0, len(data), batch or 100):
            part = data[first:first + (batch or 100)]
            count = len(part)
            if batch and count < batch:
                part = numpy.concatenate([part, numpy.repeat(part[-1:], batch - count, axis=0)])
            parts.append(session.run(None, {given.name: part})[0][:count])
        numpy.concatenate(parts).astype(numpy.float32).tofile(outputs)
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {error}")
    """

  /// The first output [N, classes] that ONNX Runtime computes for images [N, channels, height, width].
  ///
  /// A model with a fixed batch is run on so many images at once.
  /// - Throws: `FileError` with what ONNX Runtime said.
  public func logits(model: String, images: [Tensor], classCount: Int, threads: Int) throws -> Tensor {
    try TemporaryFolder.with { folder in
      let all = try Tensor.concatenated(images, dimension: 0).contiguous()
      try AtomicFile.write(all.bytes(), to: "\(folder)/images")
      let shape = all.shape.dropFirst().map(String.init).joined(separator: ",")
      do {
        try PythonScript(python: python, text: Self.script).run([
          model, "\(folder)/images", "\(folder)/logits", shape, String(threads),
        ])
      } catch let failure as PythonScript.Failure {
        throw FileError(.unavailable, "\(model): ONNX Runtime failed: \(failure.reason)")
      }
      let data = try AtomicFile.read("\(folder)/logits")
      return try Tensor(Data(data), shape: [all.shape[0], classCount], elementType: .float32)
    }
  }
}
