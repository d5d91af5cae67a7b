/** What a machine must bring for pictures to come out, looked at by {@code ./daguerre doctor} and {@code %daguerre doctor}. */
package org.daguerre.doctor;
