/* fuzz_yaml.c - any bytes as a YAML document: the tree of a study, a mapping or a table.yaml. */
#include "../../io/io.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Every text can be read to its end; keys are texts. */
static size_t walk(const wio_node *node)
{
    size_t length = node->text != NULL ? strlen(node->text) : 0;
    for (size_t i = 0; i < node->count; i++) {
        if (node->key != NULL && node->key[i].kind != WIO_NODE_SCALAR) {
            __builtin_trap();
        }
        length += walk(&node->item[i]) + (node->key != NULL ? strlen(node->key[i].text) : 0);
    }
    return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    wio_node root = {0};
    bool mistakes;
    wio_log *log = NULL;
    if (wio_log_create(&log, NULL) == WIO_OK &&
        wio_yaml_read(&root, &mistakes, (const char *)bytes, size, "f.yaml", log, NULL) == WIO_OK) {
        (void)walk(&root);
        wio_node_clear(&root);
    }
    wio_log_free(log);
    if (wio_alloc_live != 0) {
        __builtin_trap();
    }
    return 0;
}
