/** The part of `ini-api`, which brings no types, that is used here. */
declare module 'ini-api' {
  export class IniLine {
    readonly text: string;
    constructor(text: string);
  }
  export class IniSection {
    /** The header first. */
    readonly lines: IniLine[];
  }
  export class Ini {
    readonly sections: IniSection[];
    constructor(text: string, lineBreak: string);
    stringify(): string;
  }
}
