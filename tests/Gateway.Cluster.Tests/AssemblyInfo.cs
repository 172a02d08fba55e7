using Xunit.Sdk;
using Xunit.v3;

// Real processes on few cores: one scenario at a time, or their timings mean nothing.
[assembly: Parallelization(Mode = ParallelMode.None)]
