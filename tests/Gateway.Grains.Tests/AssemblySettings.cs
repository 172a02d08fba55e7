using Xunit.Sdk;
using Xunit.v3;

// One test at a time: the machines these run on have two cores, and the concurrency under test is made by the tests themselves.
[assembly: Parallelization(Mode = ParallelMode.None)]
