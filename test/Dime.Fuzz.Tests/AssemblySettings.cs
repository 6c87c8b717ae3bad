// What one test allocates must not be taken for another's.
[assembly: DoNotParallelize]
