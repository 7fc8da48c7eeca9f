# Writes a text file as a C array, so that the core carries its schema and its sentences
# inside. Run as: cmake -DINPUT=… -DSYMBOL=… -DOUTPUT=… -P embed.cmake
file(READ "${INPUT}" bytes HEX)
# Sixteen bytes a line; every byte is escaped, so no escape can swallow the next character.
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" escaped "${bytes}")
set(sixteen "................................................................")
string(REGEX REPLACE "(${sixteen})" "\"\\1\"\n" lines "${escaped}")
string(REGEX REPLACE "\n([^\"\n]+)$" "\n\"\\1\"\n" lines "${lines}")
if(NOT lines MATCHES "^\"")
  set(lines "\"${lines}\"")
endif()
file(WRITE "${OUTPUT}" "extern const char ${SYMBOL}[];\nconst char ${SYMBOL}[] =\n${lines};\n")
