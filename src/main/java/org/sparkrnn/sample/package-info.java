/**
 * The bundled sample: names of territories, languages and currencies from the locale data of the
 * JDK, and the model that tells their languages apart.
 */
package org.sparkrnn.sample;
