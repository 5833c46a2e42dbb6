/* xlsx.c - a workbook (ECMA-376, .xlsx): the archive and what is of the whole workbook.
 *
 * The archive and every XML in it are a stranger's (TRUST 4.2): members are opened by exact names
 * only, their sizes are counted while they are inflated since headers lie, and a DOCTYPE, the way to
 * entities, is refused. Nothing is computed: a formula's value is the one last saved. */
#include "xlsx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ENTRIES = 10000, MAX_RATIO = 200, BUFFER = 64 * 1024, MAX_STRINGS = 8 * 1000 * 1000 };
static const size_t MAX_FILE = (size_t)1 << 30, MAX_MEMBER = (size_t)512 << 20;

/* --- one member ------------------------------------------------------------------------------------- */

static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

const char *wio_attribute(const char **attribute, const char *name)
{
    for (; attribute[0] != NULL; attribute += 2) {
        if (strcmp(local(attribute[0]), name) == 0) {
            return attribute[1];
        }
    }
    return NULL;
}

bool wio_whole(size_t *value, const char *text, size_t most)
{
    size_t v = 0;
    if (text == NULL || *text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        v = 10 * v + (size_t)(*text - '0');
        if (v > most) {
            return false;
        }
    }
    *value = v;
    return true;
}

bool wio_pool_add(size_t *at, wio_book *book, const char *text, size_t length)
{
    *at = book->pool.length;
    wio_text_add_bytes(&book->pool, text, length);
    wio_text_add_bytes(&book->pool, "", 1);
    return !book->pool.failed;
}

/* A mistake in the file: to the log, and the first to err. */
static wio_status refuse(wio_book *book, const char *member, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static wio_status refuse(wio_book *book, const char *member, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wio_find(book->log, WIO_ERROR, book->file, 0, 0, "%s%s%s", member != NULL ? member : "",
             member != NULL ? ": " : "", message);
    return wio_fail(book->err, WIO_E_FORMAT, "%s: %s%s%s", book->file, member != NULL ? member : "",
                    member != NULL ? ": " : "", message);
}

void wio_member_stop(wio_member *member, wio_status status, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (member->status == WIO_OK) {
        member->status = status;
        if (status == WIO_E_MEMORY) {
            (void)wio_fail(member->book->err, status, "%s: %s", member->book->file, message);
        } else {
            (void)refuse(member->book, member->name, "%s", message);
        }
        (void)XML_StopParser(member->parser, XML_FALSE);
    }
}

typedef struct context { /* of one parser */
    wio_member member;
    const wio_handlers *handlers;
} context;

static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attribute)
{
    context *c = data;
    if (c->member.status == WIO_OK && c->handlers->start != NULL) {
        c->handlers->start(&c->member, local(name), attribute);
    }
}

static void XMLCALL on_end(void *data, const XML_Char *name)
{
    context *c = data;
    if (c->member.status == WIO_OK && c->handlers->end != NULL) {
        c->handlers->end(&c->member, local(name));
    }
}

static void XMLCALL on_text(void *data, const XML_Char *text, int length)
{
    context *c = data;
    if (c->member.status == WIO_OK && c->handlers->text != NULL) {
        c->handlers->text(&c->member, text, (size_t)length);
    }
}

static void XMLCALL on_doctype(void *data, const XML_Char *name, const XML_Char *system,
                               const XML_Char *public, int internal)
{
    context *c = data;
    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    wio_member_stop(&c->member, WIO_E_FORMAT, "a DOCTYPE is refused: no workbook needs one");
}

/* Feeds the parser until the member ends. */
static wio_status inflate(context *c, zip_file_t *file, size_t packed)
{
    wio_book *book = c->member.book;
    const char *name = c->member.name;
    char *buffer = wio_alloc(BUFFER, 1);
    size_t total = 0;
    wio_status status = buffer != NULL ? WIO_OK : wio_fail(book->err, WIO_E_MEMORY, "%s", name);
    for (bool more = status == WIO_OK; more && status == WIO_OK;) {
        zip_int64_t got = zip_fread(file, buffer, BUFFER);
        if (got < 0) {
            status = refuse(book, name, "this part of the archive is damaged");
            break;
        }
        total += (size_t)got;
        more = got > 0;
        if (total > MAX_MEMBER) {
            status = refuse(book, name, "more than 512 MB when unpacked");
        } else if (total / MAX_RATIO > packed) {
            status = refuse(book, name, "unpacks to more than 200 times its size");
        } else if (XML_Parse(c->member.parser, buffer, (int)got, !more) != XML_STATUS_OK) {
            status = c->member.status;
            if (status == WIO_OK) {
                enum XML_Error code = XML_GetErrorCode(c->member.parser);
                status = code == XML_ERROR_NO_MEMORY
                             ? wio_fail(book->err, WIO_E_MEMORY, "%s: %s", book->file, name)
                             : refuse(book, name, "not well-formed XML (line %lu: %s)",
                                      (unsigned long)XML_GetCurrentLineNumber(c->member.parser),
                                      XML_ErrorString(code));
            }
        }
    }
    wio_free(buffer);
    return status;
}

wio_status wio_member_parse(wio_book *book, const char *name, const wio_handlers *handlers,
                            void *own)
{
    zip_stat_t info;
    if (zip_stat(book->zip, name, 0, &info) != 0 || (info.valid & ZIP_STAT_INDEX) == 0) {
        return refuse(book, NULL, "not a whole workbook: %s is missing", name);
    }
    if ((info.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && info.encryption_method != ZIP_EM_NONE) {
        return refuse(book, name, "encrypted: save the workbook without a password");
    }
    if ((info.valid & ZIP_STAT_SIZE) != 0 && info.size > MAX_MEMBER) {
        return refuse(book, name, "more than 512 MB when unpacked");
    }
    size_t packed = (info.valid & ZIP_STAT_COMP_SIZE) != 0 && info.comp_size < book->length
                        ? (size_t)info.comp_size
                        : book->length;
    zip_file_t *file = zip_fopen_index(book->zip, info.index, 0);
    if (file == NULL) {
        return refuse(book, name, "this part of the archive is damaged");
    }
    context c = {.member = {.book = book, .name = name, .own = own}, .handlers = handlers};
    c.member.parser = XML_ParserCreate(NULL);
    wio_status status;
    if (c.member.parser == NULL) {
        status = wio_fail(book->err, WIO_E_MEMORY, "%s: %s", book->file, name);
    } else {
        XML_SetUserData(c.member.parser, &c);
        XML_SetElementHandler(c.member.parser, on_start, on_end);
        XML_SetCharacterDataHandler(c.member.parser, on_text);
        XML_SetStartDoctypeDeclHandler(c.member.parser, on_doctype);
        status = inflate(&c, file, packed);
        XML_ParserFree(c.member.parser);
    }
    (void)zip_fclose(file);
    return status;
}

/* --- the workbook: which sheet ------------------------------------------------------------------------ */

typedef struct search {
    const char *wanted; /* name, or number from 1; NULL: the only one, or the first */
    size_t number, count;
    wio_text name, relation, target;
    wio_text all; /* names, for the message */
} search;

static void on_sheet(wio_member *member, const char *element, const char **attribute)
{
    search *s = member->own;
    if (strcmp(element, "sheet") != 0) {
        return;
    }
    const char *name = wio_attribute(attribute, "name"), *id = wio_attribute(attribute, "id");
    if (name == NULL || id == NULL) {
        wio_member_stop(member, WIO_E_FORMAT, "a sheet without a name or relation");
        return;
    }
    s->count++;
    if (s->count <= 20) {
        wio_text_add(&s->all, "%s'%.60s'", s->count == 1 ? "" : ", ", name);
    }
    bool named = s->wanted != NULL && strcmp(s->wanted, name) == 0;
    if (named || (s->relation.data == NULL && s->count == s->number)) {
        wio_text_free(&s->name);
        wio_text_free(&s->relation);
        wio_text_add(&s->name, "%s", name);
        wio_text_add(&s->relation, "%s", id);
        s->number = named ? 0 : s->number;
    }
}

static void on_relation(wio_member *member, const char *element, const char **attribute)
{
    search *s = member->own;
    const char *id = wio_attribute(attribute, "Id"), *target = wio_attribute(attribute, "Target");
    if (strcmp(element, "Relationship") != 0 || id == NULL || target == NULL ||
        strcmp(id, s->relation.data) != 0) {
        return;
    }
    wio_text_free(&s->target);
    wio_text_add(&s->target, "%s%s", *target == '/' ? "" : "xl/", target + (*target == '/'));
}

/* The member and the name of the sheet. */
static wio_status find_sheet(search *s, wio_book *book)
{
    static const wio_handlers sheets = {.start = on_sheet}, relations = {.start = on_relation};
    s->number = 1;
    if (s->wanted != NULL && !wio_whole(&s->number, s->wanted, 1000000)) {
        s->number = 0;
    }
    WIO_TRY(wio_member_parse(book, "xl/workbook.xml", &sheets, s));
    if (s->name.failed || s->relation.failed || s->all.failed) {
        return wio_fail(book->err, WIO_E_MEMORY, "%s", book->file);
    }
    if (s->relation.data == NULL) {
        return s->count == 0
                   ? refuse(book, NULL, "the workbook has no sheet")
                   : refuse(book, NULL, "there is no sheet '%.80s': the sheets are %.200s",
                            s->wanted != NULL ? s->wanted : "1", s->all.data);
    }
    if (s->wanted == NULL && s->count > 1) {
        wio_find(book->log, WIO_WARNING, book->file, 0, 0,
                 "no sheet is named: the first of %zu, '%s', is read", s->count, s->name.data);
    }
    WIO_TRY(wio_member_parse(book, "xl/_rels/workbook.xml.rels", &relations, s));
    if (s->target.failed) {
        return wio_fail(book->err, WIO_E_MEMORY, "%s", book->file);
    }
    if (s->target.data == NULL) {
        return refuse(book, NULL, "sheet '%.80s' has no place in the archive", s->name.data);
    }
    return WIO_OK;
}

/* --- styles: which numbers are dates ------------------------------------------------------------------- */

/* Letters of date and time outside of quotes, brackets, and what follows \, _ or *. */
static bool shows_date(const char *code)
{
    for (; *code != '\0'; code++) {
        if (*code == '"' || *code == '[') {
            const char *stop = strchr(code + 1, *code == '"' ? '"' : ']');
            if (stop == NULL) {
                return false;
            }
            code = stop;
        } else if (*code == '\\' || *code == '_' || *code == '*') {
            code += code[1] != '\0';
        } else if (strchr("dDmMyYhHsS", *code) != NULL) {
            return true;
        }
    }
    return false;
}

static bool is_date_format(const wio_book *book, size_t number)
{
    if ((number >= 14 && number <= 22) || (number >= 27 && number <= 36) ||
        (number >= 45 && number <= 47) || (number >= 50 && number <= 58)) {
        return true;
    }
    for (size_t i = 0; i < book->formats; i++) {
        if (book->format[i] == number) {
            return true;
        }
    }
    return false;
}

static void *room(void *array, size_t used, size_t *capacity, size_t size)
{
    if (used < *capacity) {
        return array;
    }
    void *grown = wio_grow(array, used, 2 * *capacity + 64, size);
    *capacity = grown != NULL ? 2 * *capacity + 64 : *capacity;
    return grown;
}

static void on_style(wio_member *member, const char *element, const char **attribute)
{
    wio_book *book = member->book;
    bool *inside = member->own; /* of cellXfs */
    size_t number = 0;
    bool known = wio_whole(&number, wio_attribute(attribute, "numFmtId"), 1u << 30);
    if (strcmp(element, "cellXfs") == 0) {
        *inside = true;
    } else if (strcmp(element, "xf") == 0 && *inside) {
        bool *grown = room(book->date, book->styles, &book->style_capacity, sizeof *grown);
        if (grown == NULL) {
            wio_member_stop(member, WIO_E_MEMORY, "styles");
            return;
        }
        book->date = grown;
        book->date[book->styles++] = known && is_date_format(book, number);
    } else if (strcmp(element, "numFmt") == 0 && known) {
        const char *code = wio_attribute(attribute, "formatCode");
        if (code != NULL && shows_date(code)) {
            unsigned long *grown =
                room(book->format, book->formats, &book->format_capacity, sizeof *grown);
            if (grown == NULL) {
                wio_member_stop(member, WIO_E_MEMORY, "styles");
                return;
            }
            book->format = grown;
            book->format[book->formats++] = number;
        }
    }
}

static void on_style_end(wio_member *member, const char *element)
{
    bool *inside = member->own;
    *inside = *inside && strcmp(element, "cellXfs") != 0;
}

/* --- shared strings -------------------------------------------------------------------------------------- */

typedef struct strings {
    bool item, text, phonetic;
    size_t at; /* where the string begins in the pool */
} strings;

static void on_string_start(wio_member *member, const char *element, const char **attribute)
{
    strings *s = member->own;
    (void)attribute;
    if (strcmp(element, "si") == 0) {
        s->item = true;
        s->at = member->book->pool.length;
    } else if (strcmp(element, "rPh") == 0) {
        s->phonetic = true;
    } else if (strcmp(element, "t") == 0) {
        s->text = s->item && !s->phonetic;
    }
}

static void on_string_text(wio_member *member, const char *text, size_t length)
{
    strings *s = member->own;
    if (!s->text) {
        return;
    }
    wio_text_add_bytes(&member->book->pool, text, length);
    if (member->book->pool.failed) {
        wio_member_stop(member, WIO_E_MEMORY, "shared strings");
    } else if (member->book->pool.length - s->at > WIO_XLSX_TEXT) {
        wio_member_stop(member, WIO_E_FORMAT, "shared string %zu has more than 65536 bytes",
                        member->book->strings);
    }
}

static void on_string_end(wio_member *member, const char *element)
{
    strings *s = member->own;
    wio_book *book = member->book;
    if (strcmp(element, "rPh") == 0) {
        s->phonetic = false;
    } else if (strcmp(element, "t") == 0) {
        s->text = false;
    } else if (strcmp(element, "si") == 0 && s->item) {
        size_t *grown = room(book->string, book->strings, &book->string_capacity, sizeof *grown);
        wio_text_add_bytes(&book->pool, "", 1);
        if (grown == NULL || book->pool.failed) {
            wio_member_stop(member, WIO_E_MEMORY, "shared strings");
            return;
        }
        book->string = grown;
        book->string[book->strings++] = s->at;
        s->item = false;
        if (book->strings > MAX_STRINGS) {
            wio_member_stop(member, WIO_E_FORMAT, "more than %d shared strings", (int)MAX_STRINGS);
        }
    }
}

/* --- the whole --------------------------------------------------------------------------------------------- */

static bool has_member(const wio_book *book, const char *name)
{
    return zip_name_locate(book->zip, name, 0) >= 0;
}

/* Looks for what no table needs and could harm. */
static wio_status check_archive(wio_book *book)
{
    if (zip_get_num_entries(book->zip, 0) > MAX_ENTRIES) {
        return refuse(book, NULL, "the archive has more than %d members", (int)MAX_ENTRIES);
    }
    if (has_member(book, "xl/vbaProject.bin")) {
        return refuse(book, NULL, "the workbook holds macros: save it as .xlsx without them");
    }
    if (has_member(book, "xl/workbook.bin")) {
        return refuse(book, NULL, "this is a binary workbook (.xlsb): save it as .xlsx");
    }
    if (!has_member(book, "xl/workbook.xml")) {
        return refuse(book, NULL, "a zip archive, but no workbook: xl/workbook.xml is missing");
    }
    return WIO_OK;
}

static wio_status read_book(wio_csv *out, wio_book *book, const char *sheet)
{
    static const wio_handlers styles = {.start = on_style, .end = on_style_end};
    static const wio_handlers texts = {
        .start = on_string_start, .end = on_string_end, .text = on_string_text};
    search s = {.wanted = sheet};
    size_t first;
    bool inside = false;
    strings state = {0};
    WIO_TRY(check_archive(book));
    wio_status status = wio_pool_add(&first, book, "", 0)
                            ? find_sheet(&s, book)
                            : wio_fail(book->err, WIO_E_MEMORY, "%s", book->file);
    if (status == WIO_OK && has_member(book, "xl/styles.xml")) {
        status = wio_member_parse(book, "xl/styles.xml", &styles, &inside);
    }
    if (status == WIO_OK && has_member(book, "xl/sharedStrings.xml")) {
        status = wio_member_parse(book, "xl/sharedStrings.xml", &texts, &state);
    }
    if (status == WIO_OK) {
        status = wio_xlsx_sheet(out, book, s.target.data, s.name.data);
    }
    wio_text_free(&s.name);
    wio_text_free(&s.relation);
    wio_text_free(&s.target);
    wio_text_free(&s.all);
    return status;
}

/* The first bytes say what a file is that is no archive. */
static wio_status check_magic(wio_book *book, const char *data, size_t length)
{
    if (length >= 4 && memcmp(data, "PK\x03\x04", 4) == 0) {
        return WIO_OK;
    }
    if (length >= 4 && memcmp(data, "\xd0\xcf\x11\xe0", 4) == 0) {
        return refuse(book, NULL,
                      "encrypted, or a workbook of the old format (.xls): save it as .xlsx without "
                      "a password");
    }
    return refuse(book, NULL, "not a workbook (.xlsx): it does not begin as a zip archive does");
}

wio_status wio_xlsx_parse(wio_csv *out, const char *data, size_t length, const char *file,
                          const char *sheet, wio_log *log, wio_error *err)
{
    wio_book book = {.file = file, .length = length, .log = log, .err = err};
    WIO_TRY(check_magic(&book, data, length));
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(data, length, 0, &error);
    if (source == NULL) {
        zip_error_fini(&error);
        return wio_fail(err, WIO_E_MEMORY, "%s", file);
    }
    book.zip = zip_open_from_source(source, ZIP_RDONLY, &error);
    wio_status status;
    if (book.zip == NULL) {
        status = zip_error_code_zip(&error) == ZIP_ER_MEMORY
                     ? wio_fail(err, WIO_E_MEMORY, "%s", file)
                     : refuse(&book, NULL, "the archive is damaged or not whole");
        zip_source_free(source);
    } else {
        status = read_book(out, &book, sheet);
        zip_discard(book.zip);
    }
    zip_error_fini(&error);
    wio_text_free(&book.pool);
    wio_free(book.string);
    wio_free(book.date);
    wio_free(book.format);
    return status;
}

wio_status wio_xlsx_read(wio_csv *out, const char *path, const char *sheet, wio_log *log,
                         wio_error *err)
{
    char *data = NULL;
    size_t length = 0;
    WIO_TRY(wio_file_read(&data, &length, path, MAX_FILE, err));
    wio_status status = wio_xlsx_parse(out, data, length, path, sheet, log, err);
    wio_free(data);
    return status;
}
