/** Text that XML 1.0 cannot carry is replaced; the rest is escaped. */
export const escapeXml = (text: string): string =>
  text
    // oxlint-disable-next-line no-control-regex -- these are the characters that XML 1.0 does not allow
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');

export const element = (name: string, text: string): string => `<${name}>${escapeXml(text)}</${name}>`;

export const document = (content: string): string => `\ufeff<?xml version="1.0" encoding="utf-8"?>${content}`;
