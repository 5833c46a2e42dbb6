/* schema_text.c - the reference of study files, printed from the schema table. */
#include "schema.h"

#include <string.h>

/* What a row takes, in words. */
static void add_takes(wio_text *text, const wio_schema_row *row)
{
    const char *unit = wio_unit_text(row->unit);
    const struct {
        unsigned takes;
        const char *format;
    } kinds[] = {
        {WIO_TAKES_WORD, NULL},
        {WIO_TAKES_NUMBER, unit},
        {WIO_TAKES_TEXT, "text"},
        {WIO_TAKES_NUMBERS, "list of numbers"},
        {WIO_TAKES_TEXTS, "list"},
        {WIO_TAKES_KEYED, "map of numbers"},
        {WIO_TAKES_COLUMN, "{column: NAME}"},
        {WIO_TAKES_MIRROR, "{mirror: SCENARIO}"},
        {WIO_TAKES_SUM, "list of these"},
        {WIO_TAKES_MAP, "map"},
        {WIO_TAKES_LIST, "list of maps"},
    };
    const char *between = "";
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if ((row->takes & kinds[i].takes) == 0) {
            continue;
        }
        wio_text_add(text, "%s", between);
        between = ", or ";
        if (kinds[i].takes == WIO_TAKES_WORD) {
            for (const char *at = row->words; *at != '\0'; at++) {
                wio_text_add(text, "%s", *at == '|' ? " | " : "");
                wio_text_add_bytes(text, at, *at == '|' ? 0 : 1);
            }
        } else {
            wio_text_add(text, "%s", kinds[i].format);
        }
        if (kinds[i].takes == WIO_TAKES_MAP || kinds[i].takes == WIO_TAKES_LIST) {
            wio_text_add(text, " (%s)", row->below);
        }
    }
    bool bare = (row->takes & (WIO_TAKES_NUMBER | WIO_TAKES_WORD)) == 0;
    if (bare && *unit != '\0') {
        wio_text_add(text, "; unit: %s", unit);
    }
}

/* Wraps words at 78 columns behind an indent. */
static void add_wrapped(wio_text *text, const char *words, size_t indent)
{
    size_t column = indent;
    while (*words != '\0') {
        size_t length = strcspn(words, " ");
        if (column > indent && column + 1 + length > 78) {
            wio_text_add(text, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            wio_text_add(text, " ");
            column++;
        }
        wio_text_add_bytes(text, words, length);
        column += length;
        words += length + (words[length] == ' ');
    }
    wio_text_add(text, "\n");
}

static void add_row(wio_text *text, const wio_schema_row *row)
{
    wio_text line = {0};
    if (row->required == WIO_FACT_ALWAYS) {
        wio_text_add(&line, "Required. ");
    } else if (row->required != WIO_FACT_NONE && row->required == row->applies) {
        wio_text_add(&line, "Required with %s, not allowed without. ",
                     wio_fact_text(row->required));
    } else if (row->required != WIO_FACT_NONE) {
        wio_text_add(&line, "Required with %s. ", wio_fact_text(row->required));
    } else if (row->applies != WIO_FACT_NONE) {
        wio_text_add(&line, "Only with %s. ", wio_fact_text(row->applies));
    }
    wio_text_add(&line, "%s", row->text);
    wio_text_add(text, "- `%s`: ", strcmp(row->key, "*") == 0 ? "NAME" : row->key);
    add_takes(text, row);
    wio_text_add(text, "\n  ");
    if (line.data != NULL) {
        add_wrapped(text, line.data, 2);
    }
    text->failed |= line.failed;
    wio_text_free(&line);
}

static void add_reference(wio_text *text)
{
    const char *section = "";
    wio_text_add(
        text, "# Study files\n\n"
              "One YAML file (UTF-8, no anchors, aliases or tags). Codes of sectors and regions\n"
              "are texts: quote those that look like numbers where YAML asks for it.\n\n"
              "- A number may be `{value: NUMBER, source: \"...\"}`; `source: assumed` is\n"
              "  counted and printed.\n"
              "- `40%%` or `0.4` is a rate, `10pp` are points added, `-15%%` is a relative\n"
              "  change. A mix is an error that says which to write.\n"
              "- Numbers by sector: `{CODE: .., GROUP: .., all: ..}`; the closest entry wins.\n"
              "- `{column: NAME}` is a column of one of the table's files with a `sector`\n"
              "  column; `file:` says which, where several have it.\n"
              "- Lists of sectors take codes, the groups of groups.csv and `all`;\n"
              "  `wassily info TABLE --codes` lists the codes, groups and columns of a table.\n"
              "- Pairs of regions are written IMPORTER<-EXPORTER: `USA<-CHN`.\n"
              "- A key that the study's model does not use is an error.\n");
    for (size_t i = 0; i < wio_schema_rows; i++) {
        if (strcmp(wio_schema[i].section, section) != 0) {
            section = wio_schema[i].section;
            wio_text_add(text, "\n## %s\n\n", section);
        }
        add_row(text, &wio_schema[i]);
    }
}

/* A JSON string; the table's texts are ASCII without control characters. */
static void add_string(wio_text *text, const char *name, const char *value, const char *end)
{
    wio_text_add(text, "\"%s\": \"", name);
    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\') {
            wio_text_add_bytes(text, "\\", 1);
        }
        wio_text_add_bytes(text, at, 1);
    }
    wio_text_add(text, "\"%s", end);
}

static void add_json(wio_text *text)
{
    wio_text_add(text, "{\"wassily\": 1, \"keys\": [\n");
    for (size_t i = 0; i < wio_schema_rows; i++) {
        const wio_schema_row *row = &wio_schema[i];
        wio_text takes = {0};
        add_takes(&takes, row);
        wio_text_add(text, "  {");
        add_string(text, "section", row->section, ", ");
        add_string(text, "key", row->key, ", ");
        add_string(text, "takes", takes.data != NULL ? takes.data : "", ", ");
        add_string(text, "unit", wio_unit_text(row->unit), ", ");
        add_string(text, "below", row->below != NULL ? row->below : "", ", ");
        add_string(text, "required", wio_fact_text(row->required), ", ");
        add_string(text, "applies", wio_fact_text(row->applies), ", ");
        add_string(text, "text", row->text, i + 1 < wio_schema_rows ? "},\n" : "}\n");
        text->failed |= takes.failed;
        wio_text_free(&takes);
    }
    wio_text_add(text, "]}\n");
}

wio_status wio_schema_text(char **text, bool json, wio_error *err)
{
    if (text == NULL) {
        return wio_fail(err, WIO_E_ARGUMENT, "wio_schema_text: NULL argument");
    }
    wio_text out = {0};
    if (json) {
        add_json(&out);
    } else {
        add_reference(&out);
    }
    return wio_text_take(text, &out, err);
}
