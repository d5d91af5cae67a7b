/**
 * From the Markdown of a lesson to its notebooks: the instructor's, with everything in it, and the student's, which is what
 * nbgrader's {@code generate_assignment} would make of it. Same text, same bytes.
 */
package org.daguerre.lesson;
