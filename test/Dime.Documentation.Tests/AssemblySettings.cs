// Programs of one document run one after the other: a later one may read what an earlier one wrote.
[assembly: Parallelize(Scope = ExecutionScope.ClassLevel)]
