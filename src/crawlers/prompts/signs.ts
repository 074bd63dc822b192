/** What texts that speak to a model say. */
const SIGNS: readonly RegExp[] = [
  /\byou(?:'re| are) (?:a|an|the|now|helping|responsible|tasked|playing)\b/i,
  /\b(?:your (?:task|job|goal|role)|assistant|act as|respond (?:in|with|only)|answer (?:the|in|only|with)|summari[sz]e|translate|generate|rewrite|classify|extract|step[ -]by[ -]step|output (?:format|only|the|in)|do not (?:include|add|make|use)|return only)\b/i,
  /\b(?:user(?:'s)? (?:question|query|input|message|request)|context|conversation|chat history|json|language model|llm|gpt|claude)\b/i,
  /\{\{[^{}]{1,80}\}\}|(?:^|[^{$])\{[a-z_][\w.]{1,40}\}(?!\})|\$\{?[a-z_]\w{2,40}\}?|<\|?(?:system|user|assistant|im_start)\|?>/im,
];

/** Headings, tags and comments before the first sentence. */
const BEFORE =
  /^(?:---\r?\n[\s\S]{0,4000}?\n---|\s+|#[^\n]*\n|\{#[\s\S]{0,2000}?#\}|<!--[\s\S]{0,2000}?-->|<\/?[\w-]{1,40}>|\[?(?:system|instructions?)\]?:|["'`*]+)/i;
/** Parts before the first sentence that are taken off. */
const MAX_BEFORE = 20;
/** How people begin to tell a model what it is and does. */
const OPENS =
  /^(?:you(?:'re| are) (?:(?:a|an|the|now)\b|\w{2,30}, (?:a|an|the|our|your)\b)|your (?:task|role|job|goal|mission|name) is\b|(?:please )?act as (?:a|an|the)\b|as an? (?:expert|ai|experienced|senior|professional|helpful)\b|i want you to\b|you will (?:be (?:given|provided|acting|shown)|receive|act)\b|(?:use|given|using|based on|considering) (?:only )?the (?:following|context|provided|given)\b|answer the (?:user'?s? )?(?:question|query)\b|summari[sz]e the (?:following|text|conversation|document)\b|translate the following\b|(?:你是|您是|你现在是|请你|あなたは|당신은|너는 )|eres (?:un|una|el|la)\b|tu (?:tarea|rol|es un)|tu es (?:un|une)\b|vous êtes (?:un|une|l')|du bist (?:ein|der|die)|sie sind (?:ein|der|die)\b|você é (?:um|uma|o|a)\b|sei (?:un|uno|una)\b|jesteś\b|ты —|ты (?:опытн|эксперт|помощник|ассистент)|вы —)/i;

/** How many signs a text has: 0 to 4. */
export const scoreOf = (text: string): number => SIGNS.filter((sign) => sign.test(text)).length;

/** Keys of data that hold the parts of a prompt. */
const PARTS =
  /(?:^|[{,])[ \t]*["']?(instructions?|system(?:[_-]?(?:prompt|message|instructions?))?|task|role|persona|output[_-]?format|response[_-]?format|constraints|few[_-]?shots?|few[_-]?shot[_-]?examples|input[_-]?variables|template|guidelines|user[_-]?(?:prompt|template))["']?[ \t]*[:=]/gim;
/** One may be of anything. */
const MIN_PARTS = 2;

/** Whether data are a prompt by their keys: `{"task": …, "instructions": […], "outputFormat": …}`. */
export const isShaped = (text: string): boolean =>
  new Set([...text.slice(0, MAX_OPENING).matchAll(PARTS)].map(([, key]) => key?.toLowerCase())).size >= MIN_PARTS;

/** Whether a text begins as one to a model does. */
export function opensAsPrompt(text: string): boolean {
  let rest = text.slice(0, MAX_OPENING);
  for (let count = 0; count < MAX_BEFORE; count += 1) {
    const before = BEFORE.exec(rest);
    if (!before) break;
    rest = rest.slice(before[0].length);
  }
  return OPENS.test(rest);
}
/** Characters in which the first sentence begins. */
const MAX_OPENING = 6000;
