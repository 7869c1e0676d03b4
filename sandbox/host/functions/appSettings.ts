/** Puts app settings in place of every %NAME%. Throws when a setting is missing. */
export function resolveSettings(text: string, settings: Readonly<Record<string, string | undefined>>): string {
  return text.replaceAll(/%([^%\s]+)%/g, (match, name: string) => {
    const value = settings[name] ?? settings[name.replaceAll(':', '__')];
    if (value === undefined) throw new Error(`'${match}' does not resolve to a value: the app setting ${name} is missing.`);
    return value;
  });
}
