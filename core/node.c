/* node.c - a document as a tree of nodes with places. Depth is limited by the reader (32). */
#include "study.h"

#include <string.h>

void wio_node_clear(wio_node *node)
{
    for (size_t i = 0; i < node->count; i++) {
        if (node->key != NULL) {
            wio_node_clear(&node->key[i]);
        }
        wio_node_clear(&node->item[i]);
    }
    wio_free(node->key);
    wio_free(node->item);
    wio_free(node->text);
    *node = (wio_node){0};
}

const wio_node *wio_node_get(const wio_node *map, const char *key)
{
    if (map == NULL || map->kind != WIO_NODE_MAP) {
        return NULL;
    }
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->key[i].text, key) == 0) {
            return &map->item[i];
        }
    }
    return NULL;
}
