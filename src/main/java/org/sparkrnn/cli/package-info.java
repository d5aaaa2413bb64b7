/** The command line: verbs, options, exit codes. */
package org.sparkrnn.cli;
