package org.daguerre.text;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.daguerre.onnx.ModelException;

/**
 * What counts of a sentencepiece model, the protobuf {@code ModelProto} of sentencepiece_model.proto.
 *
 * @param types of the pieces, as in the protobuf
 * @param charsmap {@code precompiled_charsmap}; empty if text is not normalised
 */
record SentencePieceModel(List<Unigram.Piece> pieces, List<Integer> types, int unknown, byte[] charsmap) {

    /** The types of pieces that are found in the text before it is cut. */
    static final List<Integer> CONTROL_OR_USER_DEFINED = List.of(3, 4);

    private static final int UNIGRAM = 1;

    /** @param label the file, for messages */
    static SentencePieceModel parse(byte[] bytes, String label) {
        Reader reader = new Reader();
        try {
            reader.model(CodedInputStream.newInstance(bytes));
        } catch (IOException e) {
            throw new ModelException(label + " is no sentencepiece model. Download or export it again.");
        }
        if (reader.modelType != UNIGRAM) {
            throw new ModelException(
                    label + " is a sentencepiece model of type " + reader.modelType + ". Give one of type 1, unigram.");
        }
        return new SentencePieceModel(reader.pieces, reader.types, reader.unknown, reader.charsmap);
    }

    /** Reads the fields named in sentencepiece_model.proto and skips the rest. */
    private static final class Reader {

        private final List<Unigram.Piece> pieces = new ArrayList<>();
        private final List<Integer> types = new ArrayList<>();
        private int modelType = UNIGRAM;
        private int unknown;
        private byte[] charsmap = {};

        void model(CodedInputStream in) throws IOException {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> piece(in.readByteBuffer());
                    case 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> trainer(in.readByteBuffer());
                    case 3 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> normalizer(in.readByteBuffer());
                    default -> in.skipField(tag);
                }
            }
        }

        private void piece(ByteBuffer message) throws IOException {
            CodedInputStream in = CodedInputStream.newInstance(message);
            String text = "";
            float score = 0;
            int type = 1;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> text = in.readStringRequireUtf8();
                    case 2 << 3 | WireFormat.WIRETYPE_FIXED32 -> score = in.readFloat();
                    case 3 << 3 | WireFormat.WIRETYPE_VARINT -> type = in.readEnum();
                    default -> in.skipField(tag);
                }
            }
            pieces.add(new Unigram.Piece(text, score));
            types.add(type);
        }

        private void trainer(ByteBuffer message) throws IOException {
            CodedInputStream in = CodedInputStream.newInstance(message);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case 3 << 3 | WireFormat.WIRETYPE_VARINT -> modelType = in.readEnum();
                    case 40 << 3 | WireFormat.WIRETYPE_VARINT -> unknown = in.readInt32();
                    default -> in.skipField(tag);
                }
            }
        }

        private void normalizer(ByteBuffer message) throws IOException {
            CodedInputStream in = CodedInputStream.newInstance(message);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == (2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                    charsmap = in.readByteArray();
                } else {
                    in.skipField(tag);
                }
            }
        }
    }
}
