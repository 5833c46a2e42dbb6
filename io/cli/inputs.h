/* inputs.h - what kind of thing a path names. */
#ifndef WIO_CLI_INPUTS_H
#define WIO_CLI_INPUTS_H

typedef enum cli_input { CLI_TABLE, CLI_STUDY, CLI_RESULT } cli_input;

/* By its name: *.yaml and *.yml are studies; *.h5 is a
 * result when it opens as one, else a table; everything else is a table. */
cli_input cli_input_kind(const char *path);

#endif
