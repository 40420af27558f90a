package logline

// textFormats lists the text formats in the order they are tried: wrappers and
// strict grammars first, loose ones last.
var textFormats []textFormat
