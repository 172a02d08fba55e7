// Real processes on few cores: one scenario at a time, or their timings mean nothing.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
