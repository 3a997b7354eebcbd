import EMQ

// CompressFashion MODEL TRAINING-IMAGES TEST-IMAGES OUTPUT
let paths = Array(CommandLine.arguments.dropFirst())
let context = WorkContext(threads: 2)

// Load: the network with what is done to its images.
let workload = try Workload(model: paths[0], preprocessing: .preset("fashion-mnist"))
let training = try Dataset.open(paths[1])
let request = try CompressionRequest(
  data: training, test: Dataset.open(paths[2]), space: AllocationSpace(of: workload.network.costs),
  budgets: [Budget(parsing: "2.5bits")])
let compression = try Compression(workload, request, context: context)

// Collect: what rounding single layers does, and how far predictions of 40 random configurations diverge.
let statistics = try compression.statistics(for: HandcraftedProxy.all.filter(\.takesForwardPassesOnly))
let images = try workload.images(of: training.prefix(500), needsLabels: true, context: context)
let builder = try BenchmarkBuilder(
  quantization: compression.quantization, images: images.batches, labels: images.labels, threads: 2)
let rows = try ConfigurationSampler(costs: workload.network.costs).configurations(40).map {
  try builder.measure($0)
}

// Evolve: a formula over the statistics that ranks configurations as they were measured.
let benchmark = try BenchmarkProblem(
  name: "fashion", inputs: ProxyInputs(statistics), configurations: rows.map(\.configuration),
  truth: rows.map { -$0.divergence })
let problem = try SearchProblem([benchmark])
var options = EvolutionOptions()
options.generations = 300
var search = try EvolutionSearch(
  problem: problem, space: .available(FormulaInput.forward, in: problem), options: options)
try search.run(threads: 2)
guard let proxy = try search.chosen(threads: 2).first?.proxy else { fatalError("no formula is defined") }

// Allocate, quantize, export, prove.
let bits = try compression.allocator(proxy, statistics).best(within: compression.bounds).configuration
let quantized = try compression.quantized(bits)
try quantized.model(packing: .automatic(for: bits.weightBits, context: context)).write(to: paths[3])
let proof = try CompressionProof(compression, quantized, file: paths[3])
print("\(proxy)\n\(bits)\ntop-1 \(proof.float.top1) became \(proof.top1)")
