/** Cosmos forbids these characters in an id; ids without them are stored as they are. */
export const documentId = (id: string): string => id.replace(/[%/\\?#]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

export const fromDocumentId = (id: string): string => decodeURIComponent(id);
