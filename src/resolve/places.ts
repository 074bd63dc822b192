const TEST_PATH =
  /(?:^|\/)(?:tests?|__tests__|spec|specs|testing|testdata|fixtures?|mocks?|__mocks__|__stories__|e2e)\/|(?:^|\/)(?:test_[^/]*|conftest)\.py$|[._-](?:test|spec)s?\.[a-z]+$|\.stories\.[cm]?[jt]sx?$|_test\.(?:go|py|rb|dart)$|(?:^|\/)(?:[\w.-]*Tests|Mocks?)\/.*\.swift$|Tests?\.(?:java|cs|kt|swift)$|(?:^|\/)src\/\w+Test\//;
/** Tests are evidence of tests: what they give to a function is not what the product gives. */
export const isTestPath = (path: string): boolean => TEST_PATH.test(path);

/** What is exported here, others call. */
export const isEntrance = (path: string): boolean => /(?:^|\/)(?:__init__\.py|index\.[cm]?[jt]sx?)$/.test(path);

const EXAMPLE_PATH = /(?:^|\/)(?:examples?|samples?|demos?|docs?|notebooks?|tutorials?)\/|\.ipynb$/i;
/** Code that stands beside the product and calls it as its users do: others call it otherwise. */
export const isExamplePath = (path: string): boolean => EXAMPLE_PATH.test(path);
