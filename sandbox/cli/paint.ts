export type Colour = 'red' | 'yellow' | 'green' | 'cyan' | 'magenta' | 'dim' | 'bold';
/** Text in a colour, or as it is where colours cannot be shown. */
export type Paint = (colour: Colour, text: string) => string;
