import EMQ

// CompressFashion MODEL TRAINING-IMAGES TEST-IMAGES OUTPUT
let paths = Array(CommandLine.arguments.dropFirst())

// Load: the network with what is done to its images, and what it is to become.
let workload = try Workload(model: paths[0], preprocessing: .preset("fashion-mnist"))
let request = try CompressionRequest(
  data: Dataset.open(paths[1]), test: Dataset.open(paths[2]),
  space: AllocationSpace(of: workload.network.costs), budgets: [Budget(parsing: "2.5bits")])
let compression = try Compression(workload, request, context: WorkContext(threads: 2))

// Collect: what rounding single layers does, and how far predictions of 40 random configurations diverge.
let statistics = try compression.statistics(for: HandcraftedProxy.all.filter(\.takesForwardPassesOnly))
let problem = try compression.searchProblem(statistics, configurations: 40)

// Evolve: a formula over the statistics that ranks configurations as they were measured.
var search = try EvolutionSearch(
  problem: problem, space: .available(FormulaInput.forward, in: problem),
  options: EvolutionOptions(generations: 300))
try search.run(threads: 2)
guard let proxy = try search.chosen(threads: 2).first?.proxy else { fatalError("no formula is defined") }

// Allocate, quantize, export, prove.
let bits = try compression.allocator(proxy, statistics).best(within: compression.bounds).configuration
let quantized = try compression.quantized(bits)
try quantized.model().write(to: paths[3])
let proof = try CompressionProof(compression, quantized, file: paths[3])
print(proxy, bits, proof.float.top1, proof.top1, separator: "\n")
