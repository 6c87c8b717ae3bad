export default {
  // Blocks that name no language are commands and their output: guessing one colours them at random.
  configureHljs: hljs => hljs.configure({ languages: [] }),
}
