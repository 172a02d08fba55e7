using Xunit.v3;

// Most tests wait most of the time: for a retry, a poll, a clock. Four at a time fill the two cores these run on.
[assembly: Parallelization(MaxThreads = 4)]
