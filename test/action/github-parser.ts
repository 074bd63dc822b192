/** GitHub's own parser of workflows and actions. Bundled before it is imported: it imports JSON without saying so, which Node refuses. */
export { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
export { parseAction } from '@actions/workflow-parser/actions/action-parser';
