package benchmarks;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/** A cart is opened by what is put into it, and met by an order: one word a step. */
public final class TwoLine {
    private static final String CARTS = "carts";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Event(String event, String userId, String timestamp) {}

    public record Word(String customer, String step, String at) {}

    /** Keeps when the open cart of a customer was opened, ms. */
    private static final class Funnel implements Processor<String, byte[], String, byte[]> {
        private final ObjectReader reader = MAPPER.readerFor(Event.class);
        private final ObjectWriter writer = MAPPER.writerFor(Word.class);
        private ProcessorContext<String, byte[]> context;
        private KeyValueStore<String, Long> carts;

        @Override
        public void init(ProcessorContext<String, byte[]> given) {
            context = given;
            carts = given.getStateStore(CARTS);
        }

        @Override
        public void process(Record<String, byte[]> record) {
            try {
                step(record, reader.readValue(record.value()));
            } catch (IOException error) {
                throw new UncheckedIOException(error);
            }
        }

        private void step(Record<String, byte[]> record, Event event) throws IOException {
            if (event.event().equals("Product Added") && carts.get(record.key()) == null) {
                carts.put(record.key(), Instant.parse(event.timestamp()).toEpochMilli());
                say(record, "open", event);
            } else if (event.event().equals("Order Completed") && carts.get(record.key()) != null) {
                carts.delete(record.key());
                say(record, "met", event);
            }
        }

        private void say(Record<String, byte[]> record, String step, Event event) throws IOException {
            Word word = new Word(record.key(), step, event.timestamp());
            context.forward(record.withValue(writer.writeValueAsBytes(word)));
        }
    }

    public static void main(String[] args) throws InterruptedException {
        Properties config = new Properties();
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, args[1]);
        config.put(StreamsConfig.STATE_DIR_CONFIG, args[2]);
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        config.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");

        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(
            Stores.keyValueStoreBuilder(
                    Stores.persistentKeyValueStore(CARTS), Serdes.String(), Serdes.Long())
                .withCachingEnabled());
        builder.stream(
                List.of(args[3].split(",")), Consumed.with(Serdes.String(), Serdes.ByteArray()))
            .process(Funnel::new, CARTS)
            .to(args[4], Produced.with(Serdes.String(), Serdes.ByteArray()));

        KafkaStreams streams = new KafkaStreams(builder.build(), config);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            streams.close();
            stopped.countDown();
        }));
        streams.start();
        stopped.await();
    }
}
