/** APIs whose path names the model. */
const MODEL_PATHS = [
  /^https:\/\/(?:api-inference|router)\.huggingface\.co\/(?:[\w-]+\/)?models\/([\w.-]+\/[\w.-]+)/i,
  /^https:\/\/generativelanguage\.googleapis\.com\/\w+\/models\/([\w.-]+)/i,
  /^https:\/\/[\w-]+-aiplatform\.googleapis\.com\/[^?]*\/publishers\/\w+\/models\/([\w.@-]+)/i,
  /^https:\/\/api\.openai\.com\/v1\/engines\/([\w.-]+)/i,
  /^https:\/\/api\.replicate\.com\/v1\/models\/([\w.-]+\/[\w.-]+)/i,
  /^https:\/\/bedrock-runtime\.[\w-]+\.amazonaws\.com\/model\/([\w.:%-]+)\//i,
  /^https:\/\/api\.cloudflare\.com\/client\/v4\/accounts\/[^/]+\/ai\/run\/(@[\w-]+\/[\w.-]+\/[\w.-]+)/i,
];

/** Id of the model that the URL of an API asks for. */
export function modelInUrl(url: string): string | undefined {
  for (const pattern of MODEL_PATHS) {
    const id = pattern.exec(url)?.[1];
    if (id) return id;
  }
  return undefined;
}
