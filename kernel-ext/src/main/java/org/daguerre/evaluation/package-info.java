/** What a model does when one thing is changed: the experiments of {@code ./daguerre evaluate --study}. */
package org.daguerre.evaluation;
