/**
 * What only graders have: the checks that students do not see, on inputs that follow from the course's key. Put the jar on
 * the kernel's class path and {@code %grade} is there.
 */
package org.daguerre.grading;
