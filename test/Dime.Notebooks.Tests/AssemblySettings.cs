// Console, working directory and temporary folder belong to the process, and a notebook has them while it runs.
[assembly: DoNotParallelize]
