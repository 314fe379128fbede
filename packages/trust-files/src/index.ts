export {
  type AccessChange,
  accessChange,
  type ChangedAccess,
  changeInMarkdown,
  type DocumentState,
  headingsOf,
  isBeyond,
  placeBy,
} from './access-change.ts';
export { type ChangeRuleId, changeFindings, changeRules, isOfOthers } from './change-findings.ts';
export {
  type DocumentInFile,
  federatedCredentials,
  fileFinding,
  findingsIn,
  grantsIn,
  inFile,
  notReadFinding,
  ofEach,
  resolvedDocument,
} from './document-in-file.ts';
export { documentsIn, inJson, nothingIn, type ReadDocuments, type ReadOptions, wholly } from './documents.ts';
export { decoded } from './encoding.ts';
export { extensions, filesBelow } from './folder.ts';
export { mostRows, textInMarkdown } from './markdown.ts';
export {
  Bounds,
  bytesOf,
  mostBytesTogether,
  type SelectedFile,
  selectedFile,
  selectedFiles,
} from './selected-files.ts';
export { Selection } from './selection.ts';
export { FileError, type FileFault, placeIn, type TextFile } from './text-file.ts';
export { yamlIn } from './yaml-documents.ts';
