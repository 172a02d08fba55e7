// One test at a time: the machines these run on have two cores, and the concurrency under test is made by the tests themselves.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
