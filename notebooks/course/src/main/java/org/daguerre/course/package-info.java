/**
 * What the course brings into a notebook: {@code %check} and the checks that students see. A check says what is wrong and
 * where to look; it never only says that something is.
 */
package org.daguerre.course;
