/** `owner/name` of a repository on the Hub: at most 96 characters each. https://huggingface.co/docs/huggingface_hub/package_reference/utilities */
export const HUB_ID = /^([A-Za-z0-9][\w.-]{0,95})\/[A-Za-z0-9][\w.-]{0,95}$/;
